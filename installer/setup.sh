# Makes .venv in the checkout. run.sh, test.sh and .ci/run set `root` and source this file; it is not run by itself.
# Plain POSIX sh, because nothing but a shell and Python can be expected of a bare machine.
# shellcheck shell=sh disable=SC2154

venv=$root/.venv
stamp=$venv/stellarview.stamp # written last: an environment without it is half-made

# What Qt needs from the system and pip cannot bring.
qt_packages="libstdc++6 libglib2.0-0 libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3"
# The same for a window on an X11 screen; tests draw theirs off the screen.
qt_packages="$qt_packages libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libxcb-shape0"

# Before 3.13 Python reads the path of an editable install in the locale's encoding, and dies where ASCII cannot say it.
case ${LC_ALL:-} in C | POSIX) export LC_ALL=C.UTF-8 ;; esac

# Progress goes to stderr, so that a table or JSON on stdout stays clean.
say() { printf 'setup: %s\n' "$*" >&2; }

# What happened, why, what to do.
fail() {
    printf '%s\n' "$1" "$2" "$3" >&2
    exit 1
}

# Run a command; its output is shown only if it fails.
quietly() {
    if ! output=$("$@" 2>&1); then
        printf '%s\n' "$output" >&2
        return 1
    fi
}

has_screen() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; }

is_root() { [ "$(id -u)" = 0 ]; }

is_debian() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

is_installed() {
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) in ?i*) ;; *) return 1 ;; esac
}

# Newer releases renamed some libraries (libglib2.0-0 is libglib2.0-0t64): ask apt which name it knows.
debian_names() {
    for package in "$@"; do
        if apt-cache show "${package}t64" >/dev/null 2>&1; then package=${package}t64; fi
        printf ' %s' "$package"
    done
}

apt_install() {
    say "installing Debian packages: $*"
    quietly apt-get update -qq || say "apt-get update failed: going on with the package lists at hand"
    # shellcheck disable=SC2046  # names, one word each
    quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(debian_names "$@")
}

# Sets `python`, `version` (3.x.y) and `interpreter` (its real program: that of an activated .venv may be removed below).
find_python() {
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3; fi
    for python in "$@"; do
        answer=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3], sys._base_executable)' 2>/dev/null) ||
            continue
        version=${answer%% *} interpreter=${answer#* }
        case $version in 3.11.* | 3.12.* | 3.13.*) return ;; esac
    done
    fail "No Python from 3.11 to 3.13 was found (tried: $*)." \
        "StellarView needs one to make its own environment, .venv." \
        "On Debian or Ubuntu: sudo apt-get install python3 python3-venv. Or name yours: PYTHON=/path/to/python3.12 sh '$0'"
}

# Debian keeps ensurepip, which brings pip into a new environment, in a package of its own.
need_ensurepip() {
    if "$interpreter" -c 'import ensurepip' 2>/dev/null; then return; fi
    package=python${version%.*}-venv
    if is_root && is_debian && apt_install "$package" && "$interpreter" -c 'import ensurepip' 2>/dev/null; then return; fi
    fail "$interpreter cannot make an environment with pip in it." \
        "Its module ensurepip is missing; Debian and Ubuntu keep it in a package of its own." \
        "Install it and run this again: sudo apt-get install $package"
}

# The core works without Qt's libraries, so their lack is told and never stops the rest.
need_qt_packages() {
    if ! is_debian; then
        say "not a Debian-like system: leaving Qt's system libraries to you"
        return
    fi
    missing=
    for package in $qt_packages; do
        is_installed "$package" || is_installed "${package}t64" || missing="$missing $package"
    done
    if [ -z "$missing" ]; then return; fi
    # shellcheck disable=SC2086
    if is_root; then
        apt_install $missing || say "the window will not open without them; going on"
    else
        say "Qt's window needs this first: sudo apt-get install$(debian_names $missing)"
    fi
}

make_venv() {
    need_ensurepip
    say "making .venv with Python $version"
    { rm -rf "$venv" && quietly "$interpreter" -m venv "$venv"; } || fail "No environment could be made in $venv." \
        "Python's own words stand above." "Check that the folder can be written and the disk is not full; then run this again."
}

# torch from the index brings gigabytes for CUDA. Where pip's configuration points to a wheel of its own (find-links, a
# processor-only build, say), that one is taken; where it does not, this does nothing.
prefer_local_torch() {
    if "$python" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)' 2>/dev/null; then return; fi
    if "$python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps 'torch>=2.6' >/dev/null 2>&1; then
        say "took torch from the wheels at hand"
    fi
}

# Install the checkout in .venv, editable, so that resources/ and models/ are found beside the package.
install_project() {
    list=$(echo "$@" | tr ' ' ',')
    say "installing StellarView${list:+ with: $list} (the first time takes a minute)"
    (cd "$root" && quietly "$python" -m pip install --quiet --disable-pip-version-check --editable ".${list:+[$list]}") ||
        fail "pip could not install StellarView in $venv." "pip's own words stand above." \
            "Check the network and the free space; then run this again."
}

# set_up [EXTRA...]: after it, `python` is that of .venv. Does nothing when the stamp says that all of it is there.
set_up() {
    find_python
    need_qt_packages
    # An environment holds its interpreter and its own place as absolute paths: if either changes, it is made anew.
    identity="Python $version in $root"
    contents=$(cat "$root/pyproject.toml" "$root/stellarview/__init__.py" | cksum)
    old_identity='' old_contents='' extras=''
    if [ -f "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        { IFS= read -r old_identity && read -r old_contents && read -r extras; } <"$stamp" || old_identity=''
    fi
    if [ "$old_identity" != "$identity" ]; then old_contents='' extras=''; fi
    lacking=
    for extra in "$@"; do
        case " $extras " in *" $extra "*) ;; *) lacking="$lacking $extra" ;; esac
    done
    python=$venv/bin/python
    if [ "$old_contents" = "$contents" ] && [ -z "$lacking" ]; then return; fi
    rm -f "$stamp"
    if [ "$old_identity" != "$identity" ]; then make_venv; fi
    # shellcheck disable=SC2086  # extras are words
    set -- $extras $lacking
    prefer_local_torch
    install_project "$@"
    printf '%s\n' "$identity" "$contents" "$*" >"$stamp"
}
