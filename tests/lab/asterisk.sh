# A real Asterisk as the PBX to certify, on loopback: sourced by the script of each lab.
#
# Verbs of a lab:
#   lab build           build the Debian root in the cache, if it is not there
#   lab start           build, start, wait until it answers; prints `export` lines for the
#                       passwords: eval "$(lab start)". Ends one that runs already.
#   lab status          version and registrations; exit 1 if it does not run
#   lab console WORDS   one command to Asterisk's console, such as `core show channels`
#   lab stop            ends it; nothing stays running or mounted
#   lab crash           ends it as a power cut would: no BYE, no goodbye
#   lab with COMMAND    start, run COMMAND with the passwords set, stop whatever happens
#
# What the environment may set:
#   PBX_PASSWORD_A _B _D   the users' passwords; else they are drawn at each start
#   PBXCERT_CACHE          where the Debian roots are kept (default ~/.cache/pbxcert)
#   PBXCERT_LAB_FOLDER     where Asterisk writes (default in the cache)
#   PBXCERT_DEBIAN_MIRROR  the mirror to build from (default: what apt is set to)
#
# What a lab sets before it sources this: `MAJOR`, Asterisk's version; `STACK`, `pjsip` or
# `chan-sip`; `ADDRESS`, where Asterisk is; `PSTN`, where it expects the far end of its trunk.
# It may set `HOST`, a name for the address, and define `build_beside`, `prepare` (what it needs
# in its folder), `beside`, which starts what stands before Asterisk, and `beside_stops`.
# Configuration is put together from asterisk/etc, asterisk/STACK and the lab's own etc.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the lab's own script sets these

# shellcheck source=tests/lab/debian-root.sh
source "$(dirname "${BASH_SOURCE[0]}")/debian-root.sh"

labs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly NAME=${here##*/} PORT=5060 PACKAGES=asterisk,ca-certificates
case $MAJOR in
16) readonly SUITE=bullseye ;;
22) readonly SUITE=sid ;;
*) die "no Debian suite is known for Asterisk $MAJOR" "name it in ${BASH_SOURCE[0]}" ;;
esac

lab=$(cache_folder)/$NAME
debian=$(cache_folder)/asterisk-$MAJOR
root=$debian/root
folder=${PBXCERT_LAB_FOLDER:-$lab/run}
mkdir -p "$lab" "$debian" "$folder"
folder=$(cd "$folder" && pwd -P)

# One verb at a time: two starts would otherwise race for the same address.
turn=
take_turn() {
    [[ -z $turn ]] || return 0
    exec {turn}>"$lab/turn.lock"
    flock --wait 300 "$turn" || die "another lab command has held $lab/turn.lock for 5 minutes" \
        "see what it is doing: fuser -v $lab/turn.lock"
}
end_turn() {
    exec {turn}>&-
    turn=
}

# if_defined FUNCTION: calls it where the lab has it.
if_defined() { ! declare -F "$1" >/dev/null || "$1"; }

# Labs of one version share its root.
build() {
    local version building
    exec {building}>"$debian/build.lock"
    flock --wait 900 "$building" || die "another lab has built $root for a quarter of an hour" \
        "see what it is doing: fuser -v $debian/build.lock"
    build_root "$root" "$SUITE" "$PACKAGES"
    if_defined build_beside
    exec {building}>&-
    version=$(chroot "$root" asterisk -V)
    printf '%s\n' "$version" >"$lab/version"
    [[ $version =~ ^Asterisk\ $MAJOR\. ]] || die \
        "Debian $SUITE now ships $version, and this lab is for Asterisk $MAJOR" \
        "set PBXCERT_DEBIAN_MIRROR to a snapshot of $SUITE that has Asterisk $MAJOR, and remove $root"
}

# The process that was started from FOLDER, if it still is that process: its number may
# have been given to another since, but not one that lives in our root.
running() {
    local pid
    [[ -f $folder/pid ]] && pid=$(<"$folder/pid") && [[ -n $pid ]] &&
        [[ /proc/$pid/root -ef $root ]]
}

# Asterisk's own console, from outside: into its mounts and its root.
console() {
    nsenter --target "$(<"$folder/pid")" --mount --root \
        env --chdir=/ asterisk -C /lab/etc/asterisk.conf -rx "$*"
}

configure() {
    local user modules file layer
    # First of all, since it marks the folder as ours to empty.
    mkdir -p "$folder"
    : >"$folder/environment"
    chmod 600 "$folder/environment"
    mkdir -p "$folder"/{db,run,log,spool,keys,moh,etc}
    for layer in "$labs/asterisk/etc" "$labs/asterisk/$STACK" "$here/etc"; do
        [[ ! -d $layer ]] || cp -R "$layer/." "$folder/etc"
    done
    # Asterisk logs an error where one of these is missing, although the defaults do.
    for file in acl ccss cdr cel features pjproject stasis udptl; do
        : >>"$folder/etc/$file.conf"
    done
    # Debian has moved them between releases.
    for modules in "$root"/usr/lib/asterisk/modules "$root"/usr/lib/*/asterisk/modules; do
        [[ ! -d $modules ]] || break
    done
    sed -i "s|@MODULES@|${modules#"$root"}|; s|@ADDRESS@|$ADDRESS|g; s|@PSTN@|$PSTN|g; s|@MAJOR@|$MAJOR|g; s|@HOST@|${HOST:-$ADDRESS}|g" \
        "$folder"/etc/*.conf
    perl "$labs/melody.pl" >"$folder/moh/melody.wav"

    mkdir -m 700 "$folder/etc/passwords"
    for user in A B D; do
        local name=PBX_PASSWORD_$user
        local password=${!name:-}
        [[ -n $password ]] || password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
        [[ $password != *[\;\"\'\\]* && $password != *$'\n'* ]] || die \
            "$name holds a character that Asterisk's configuration cannot" \
            "use one without ; quotes and backslashes"
        # PJSIP and chan_sip have a word each for it.
        printf 'password=%s\n' "$password" >"$folder/etc/passwords/${user,}.pjsip"
        printf 'secret=%s\n' "$password" >"$folder/etc/passwords/${user,}.chan-sip"
        printf "export %s='%s'\n" "$name" "$password" >>"$folder/environment"
    done
    [[ -z ${HOST:-} ]] || printf '127.0.0.1 localhost\n%s %s\n' "$ADDRESS" "$HOST" >"$folder/hosts"
    if_defined prepare
}

start() {
    need_root
    need_command nsenter util-linux
    build
    ! running || stop
    # A folder that was not made by this script is nobody's to empty.
    if [[ -d $folder && -n $(ls -A "$folder") && ! -f $folder/environment ]]; then
        die "$folder is not empty, and no lab was started from it" "name an empty folder"
    fi
    rm -rf "$folder"
    configure

    # The mounts live in a namespace of the process's own and end with it. `exec` keeps
    # one process number from here to Asterisk.
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid --fork unshare --mount --propagation private bash -euc '
        root=$1 folder=$2
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mkdir -p "$root/lab"
        mount --bind "$folder" "$root/lab"
        [[ ! -f $folder/hosts || ! -f $root/etc/hosts ]] || mount --bind "$folder/hosts" "$root/etc/hosts"
        echo $$ >"$folder/pid"
        cd /
        exec chroot "$root" asterisk -f -C /lab/etc/asterisk.conf
    ' lab "$root" "$folder" </dev/null >"$folder/log/console" 2>&1 {turn}>&-

    wait_until_ready
    if_defined beside || fail_start "what stands before Asterisk did not start"
    cat "$folder/environment"
    say "$(<"$lab/version") answers at $ADDRESS:$PORT; stop it with: $0 stop"
}

# Ready is what Asterisk itself says, and that it holds the address.
wait_until_ready() {
    local deadline=$((SECONDS + 30))
    until running && console core waitfullybooted >/dev/null 2>&1; do
        if ((SECONDS > deadline)) || { [[ -s $folder/pid ]] && ! kill -0 "$(<"$folder/pid")" 2>/dev/null; }; then
            fail_start "Asterisk did not start"
        fi
        sleep 0.05
    done
    [[ -n $(ss -Hlnu "src $ADDRESS:$PORT") ]] ||
        fail_start "Asterisk has not got $ADDRESS:$PORT"
}

fail_start() {
    tail -n 8 "$folder/log/console" "$folder/log/messages" >&2 2>/dev/null || true
    say "$1; who holds the port:"
    ss -Hlnup "src $ADDRESS:$PORT" >&2 || true
    ! running || stop
    die "$1" "read $folder/log/messages; if something else holds $ADDRESS:$PORT, end it"
}

stop() {
    if_defined beside_stops
    running || { say "no lab runs from $folder"; return 0; }
    local pid
    pid=$(<"$folder/pid")
    kill -TERM "$pid"
    # `tail --pid` returns when the process is gone.
    if ! timeout 10 tail --pid="$pid" -f /dev/null; then
        kill -KILL "$pid"
        timeout 10 tail --pid="$pid" -f /dev/null || die "process $pid does not end" "see: ps -fp $pid"
    fi
    rm -f "$folder/pid"
}

crash() {
    running || die "the lab is not running" "start it: $0 start"
    kill -KILL "$(<"$folder/pid")"
}

status() {
    if running; then
        say "$(<"$lab/version") runs from $folder, process $(<"$folder/pid")"
        if [[ $STACK == pjsip ]]; then console pjsip show contacts; else console sip show peers; fi
    else
        say "not running"
        return 1
    fi
}

# with COMMAND...: its exit code is ours.
with() {
    (($# > 0)) || usage
    exec {use}>"$lab/use.lock"
    flock --wait 1800 "$use" || die "another run has used the lab for half an hour" \
        "see who: fuser -v $lab/use.lock"
    trap 'take_turn; stop' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    take_turn
    start >/dev/null
    end_turn
    # shellcheck disable=SC1091 # written by configure
    source "$folder/environment"
    if [[ -z ${HOST:-} ]]; then
        "$@" {use}>&-
        return
    fi
    # The name is known to Asterisk and to the command alone.
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --mount --propagation private bash -euc \
        'mount --bind "$1" /etc/hosts; shift; exec "$@"' lab "$folder/hosts" "$@" {use}>&-
}

usage() {
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2
    sed -n '/^# Verbs/,/^# What a lab/{/^# What a lab/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
}

# run_verb VERB [ARGUMENT...]
run_verb() {
    local verb=${1:-}
    (($# == 0)) || shift
    case $verb in
    build | start | stop)
        take_turn
        "$verb"
        ;;
    status | crash) "$verb" ;;
    console)
        running || die "the lab is not running" "start it: $0 start"
        console "$@"
        ;;
    with) with "$@" ;;
    *) usage ;;
    esac
}
