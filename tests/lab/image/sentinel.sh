#!/bin/sh
# Starts a sentinel that watches nothing yet: the operator tells it what to watch.
set -eu
printf 'port 26379\nprotected-mode no\ndir /data\n' >/data/sentinel.conf
exec redis-sentinel /data/sentinel.conf "$@"
