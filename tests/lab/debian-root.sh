# Debian roots for the labs: sourced by the scripts that start a real PBX in one.
#
# A root is built with debootstrap into a cache folder outside the checkout, once, and
# never written to afterwards: whatever a lab changes lives in the folder it was started
# with. Sourcing this file defines functions and runs nothing.
# shellcheck shell=bash

# shellcheck source=tests/lab/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

# The folder that keeps built roots, on a filesystem that can hold one.
cache_folder() {
    local cache=${PBXCERT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pbxcert} options
    mkdir -p "$cache"
    options=$(findmnt --noheadings --output OPTIONS --target "$cache")
    if [[ ,$options, =~ ,(nodev|noexec|nosuid|ro), ]]; then
        die "$cache is on a filesystem mounted ${BASH_REMATCH[1]}, where a Debian root cannot run" \
            "set PBXCERT_CACHE to a folder on a plain disk filesystem"
    fi
    (cd "$cache" && pwd -P)
}

# The mirrors that this machine's apt uses for Debian itself, one a line, whichever form
# its sources are written in. Security and update archives hold no suite of their own.
apt_mirrors() {
    local uri suite
    # shellcheck disable=SC2016 # apt-get's own variables
    apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        while read -r uri suite; do
            [[ $suite != *-security && $suite != */updates ]] || continue
            if [[ $uri == mirror+file:* ]]; then
                uri=$(grep -m1 -oE '^[a-z]+://[^[:space:]]+' "${uri#mirror+file:}") || continue
            fi
            if [[ $uri =~ ^(https?|file): ]]; then printf '%s\n' "$uri"; fi
        done | awk '!seen[$0]++'
}

# debootstrap fetches by itself, so it has to be told apt's proxy.
export_apt_proxy() {
    local http="" https=""
    eval "$(apt-config shell http Acquire::http::Proxy https Acquire::https::Proxy)"
    [[ -z $http || $http == DIRECT ]] || export http_proxy=${http_proxy:-$http}
    [[ -z $https || $https == DIRECT ]] || export https_proxy=${https_proxy:-$https}
}

# build_root ROOT SUITE PACKAGES(comma-separated)
# Idempotent; a root appears under its name only when it is whole.
build_root() {
    local root=$1 suite=$2 packages=$3
    local stamp=$root/.pbxcert-root wanted="$suite $packages" part=$root.part mirror mirrors
    [[ ! -f $stamp || $(<"$stamp") != "$wanted" ]] || return 0

    need_root
    need_command debootstrap debootstrap
    mirrors=${PBXCERT_DEBIAN_MIRROR:-$(apt_mirrors)}
    [[ -n $mirrors ]] || die "apt names no Debian mirror on this machine" \
        "set PBXCERT_DEBIAN_MIRROR to the URL of one"
    export_apt_proxy
    for mirror in $mirrors; do
        rm -rf --one-file-system "$part"
        say "building $root: Debian $suite with $packages (about a minute)"
        if debootstrap --variant=minbase --include="$packages" "$suite" "$part" "$mirror" \
            >"$root.log" 2>&1; then
            rm -rf "$part"/var/cache/apt/archives/*.deb
            printf '%s\n' "$wanted" >"$part/.pbxcert-root"
            rm -rf --one-file-system "$root"
            mv -T "$part" "$root"
            return 0
        fi
        say "debootstrap of $suite from $mirror failed:"
        tail -n 3 "$root.log" >&2
    done
    die "no mirror yielded Debian $suite; the log is $root.log" \
        "see that the machine reaches its Debian mirror, or set PBXCERT_DEBIAN_MIRROR"
}
