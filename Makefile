# make demo   see it work            make test   everything that must hold
# make help   the rest
.DEFAULT_GOAL := help
RUN := tests/env.sh
.PHONY: help demo test check drills bench lab lab-down lab-env lab-status

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: ## from nothing to a Redis that answers (with KUBECONFIG set: on that cluster)
	@$(RUN) python tests/demo.py

test: ## lint, sanity, unit, integration and whole stories on the laboratory
	@$(RUN) python tests/suite.py test

check: ## the quick loop: lint and unit tests, no laboratory
	@$(RUN) python tests/suite.py check

drills: ## what takes long: faults, failovers, large data, the way out of ElastiCache
	@$(RUN) python tests/suite.py drills

bench: ## ratios against kubernetes.core.k8s and kubectl; writes docs/benchmarks.md
	@$(RUN) python tests/bench.py

lab: ## start the laboratory: three zones, operator images, storage, AWS stand-in
	@$(RUN) python -m lab up

lab-down: ## stop it and leave nothing behind but the cache
	@$(RUN) python -m lab down

lab-env: ## print the settings of a shell that uses it: eval "$$(make -s lab-env)"
	@$(RUN) python -m lab env

lab-status: ## show what runs
	@$(RUN) python -m lab status
