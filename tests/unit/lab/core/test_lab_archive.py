from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile

from lab import archive
from lab.archive import Image

IMAGE = Image(("example.org/a:1", "example.org/b:1"), entrypoint=("/a",), user="1000:1000", folder="/data")


def root_at(path, time):
    """The same file system, written at another time and in another order."""
    names = ["etc/a", "usr/share/doc/a/copyright", "dev/null", "bin/tool"]
    for name in names if time % 2 else reversed(names):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        file.chmod(0o755 if name.startswith("bin/") else 0o644)
        os.utime(file, (time, time))
    return path


def layer_names(path):
    with tarfile.open(path) as tar:
        layer = next(name for name in tar.getnames() if name.endswith("/layer.tar"))
        with tarfile.open(fileobj=tar.extractfile(layer)) as inner:
            return inner.getnames()


def test_same_content_gives_the_same_bytes(tmp_path):
    for time in (1, 2):
        root = root_at(tmp_path / f"root{time}", time)
        archive.write(tmp_path / f"{time}.tar", [IMAGE], archive.tree(root))
    assert (tmp_path / "1.tar").read_bytes() == (tmp_path / "2.tar").read_bytes()


def test_a_small_archive_has_the_same_image(tmp_path):
    root = root_at(tmp_path / "root", 1)
    for name, small in (("large", False), ("small", True), ("again", True)):
        archive.write(tmp_path / f"{name}.tar", [IMAGE], archive.tree(root), small=small)
    assert (tmp_path / "small.tar").read_bytes() == (tmp_path / "again.tar").read_bytes()
    layers = []
    for name in ("large", "small"):
        with tarfile.open(tmp_path / f"{name}.tar") as tar:
            (entry,) = json.load(tar.extractfile("manifest.json"))
            layers.append((entry, tar.extractfile(entry["Layers"][0]).read()))
    (large, plain), (small, compressed) = layers
    assert large == small
    assert gzip.decompress(compressed) == plain


def test_what_is_left_out_leaves_its_folder(tmp_path):
    path = tmp_path / "image.tar"
    archive.write(path, [IMAGE], archive.tree(root_at(tmp_path / "root", 1), ["/dev", "/usr/share/doc"]))
    names = layer_names(path)
    assert {"./dev", "./usr/share/doc", "./etc/a", "./bin/tool"} <= set(names)
    assert not {"./dev/null", "./usr/share/doc/a"} & set(names)


def test_configuration_names_the_layer_that_images_share(tmp_path):
    path = tmp_path / "image.tar"
    other = Image(("example.org/c:1",), command=("serve",))
    archive.write(path, [IMAGE, other], archive.tree(root_at(tmp_path / "root", 1)))
    with tarfile.open(path) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
        assert [entry["RepoTags"] for entry in manifest] == [list(IMAGE.names), ["example.org/c:1"]]
        assert manifest[0]["Layers"] == manifest[1]["Layers"]
        layer = hashlib.sha256(tar.extractfile(manifest[0]["Layers"][0]).read()).hexdigest()
        first, second = (json.load(tar.extractfile(entry["Config"])) for entry in manifest)
    assert first["rootfs"]["diff_ids"] == second["rootfs"]["diff_ids"] == [f"sha256:{layer}"]
    assert first["config"]["Entrypoint"] == ["/a"]
    assert first["config"]["User"] == "1000:1000"
    assert first["config"]["WorkingDir"] == "/data"
    assert second["config"]["Entrypoint"] is None
    assert second["config"]["Cmd"] == ["serve"]


def test_a_program_is_executable_wherever_it_comes_from(tmp_path):
    program = tmp_path / "built-1234"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o600)
    (tmp_path / "link").symlink_to(program)
    archive.write(tmp_path / "image.tar", [IMAGE], archive.binary(tmp_path / "link", "operator"))
    with tarfile.open(tmp_path / "image.tar") as tar:
        layer = next(name for name in tar.getnames() if name.endswith("/layer.tar"))
        with tarfile.open(fileobj=tar.extractfile(layer)) as inner:
            entry = inner.getmember("operator")
    assert (entry.isfile(), entry.mode, entry.uid, entry.mtime) == (True, 0o755, 0, 0)


def test_an_image_can_be_another_one_with_a_layer_on_it(tmp_path):
    base, path = tmp_path / "base.tar", tmp_path / "image.tar"
    archive.write(base, [Image(())], archive.tree(root_at(tmp_path / "root", 1)), small=True)
    code = root_at(tmp_path / "code", 2)
    archive.extend(path, base, [IMAGE], archive.files(code, "opt/code", ["etc/a", "bin/tool"]))
    with tarfile.open(path) as tar, tarfile.open(base) as below:
        (entry,) = json.load(tar.extractfile("manifest.json"))
        (lower,) = json.load(below.extractfile("manifest.json"))[0]["Layers"]
        assert entry["RepoTags"] == list(IMAGE.names) and entry["Layers"][0] == lower
        assert tar.extractfile(lower).read() == below.extractfile(lower).read()
        upper = tar.extractfile(entry["Layers"][1]).read()
        with tarfile.open(fileobj=io.BytesIO(upper)) as inner:
            assert [(each.name, each.mode) for each in inner] == [
                ("opt/code/bin/tool", 0o644),
                ("opt/code/etc/a", 0o644),
            ]
        configuration = json.load(tar.extractfile(entry["Config"]))
    digests = [lower.partition("/")[0], hashlib.sha256(upper).hexdigest()]
    assert configuration["rootfs"]["diff_ids"] == [f"sha256:{digest}" for digest in digests]
    assert len(configuration["history"]) == 2


def test_an_image_has_its_environment(tmp_path):
    path = tmp_path / "image.tar"
    archive.write(path, [Image(("a:1",), environment={"A": "b"})], archive.tree(root_at(tmp_path / "root", 1)))
    with tarfile.open(path) as tar:
        (entry,) = json.load(tar.extractfile("manifest.json"))
        environment = json.load(tar.extractfile(entry["Config"]))["config"]["Env"]
    assert environment[0].startswith("PATH=/") and environment[1:] == ["A=b"]
