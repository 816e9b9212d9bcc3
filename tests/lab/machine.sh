# What scripts ask of the machine and how they speak: sourced, runs nothing.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $1"
    [[ $# -lt 2 ]] || say "  remedy: $2"
    exit 1
}

need_root() {
    [[ $EUID -eq 0 ]] || die "this needs root: a lab is a chroot with its own mounts" \
        "run it as root, or leave the labs out (tests/all says what that leaves unproved)"
}

# need_command COMMAND PACKAGE
need_command() {
    command -v "$1" >/dev/null || die "$1 is not installed" "apt-get install $2"
}

# Whether this machine can be given packages: Debian, and root.
may_install() { [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null && [[ -f /etc/debian_version ]]; }

# install_missing COMMAND:PACKAGE...
# Installs the package of each command that is not there; needs may_install.
install_missing() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
    done
    ((${#missing[@]} > 0)) || return 0
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null || say "apt-get update failed; trying with the lists that are here"
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null || die \
        "apt-get could not install ${missing[*]}" "run: apt-get install ${missing[*]}"
}
