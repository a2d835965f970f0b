# shellcheck shell=bash
# Programs of the field start by themselves on behalf of the owner of the data: DIALS and UFO under a real Slurm, RELION while a microscope
# records. A step of ten lines of Python works at a detector. The server is killed in the middle, and each result comes once. One is proved,
# evicted and brought back. `--only=proof` shows this last part alone, without the programs of the field.

images=60
frames=${demo_frames:-40}
parts_before=3
parts_after=3

demo_steps() {
    declare -gA pids=()
    trap 'stop_programs' EXIT
    case ${demo_only:=all} in
        all) install_packages programs ;;
        proof) cd "$demo" && start_site && prove && evict && return ;;
        *) die "this demo knows --only=proof" ;;
    esac
    cd "$demo" || return
    start_slurm
    start_site
    close_series
    close_scan
    record
    step
    crash
    look_at_results
    prove
    evict
    stop_slurm
}

stop_programs() {
    kill -KILL ${microscope_pid:-} ${worker_pid:-} ${capture_pid:-} ${detector_pid:-} "${archive_pid:-}" "${server_pid:-}" 2>/dev/null || true
    stop_slurm
}

# One node of eight processors, which it pretends to have. munged wants a folder that others may enter.
start_slurm() {
    title "A Slurm cluster of one node, and a server with programs"
    slurm=$(mktemp -d /tmp/hutch-demo-slurm-XXXXXX)
    local etc=$slurm/etc run=$slurm/run host
    host=$(hostname -s)
    mkdir "$etc" "$run" "$slurm"/{state,spool,log}
    chmod 711 "$slurm" "$run"
    chmod 700 "$etc" "$slurm"/{state,spool,log}
    head -c 1024 /dev/urandom >"$etc/munge.key"
    chmod 400 "$etc/munge.key"
    cat >"$etc/slurm.conf" <<CONF
ClusterName=hutchdemo
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$run/munge.sock,cred_expire=5
CredType=cred/munge
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$run/slurmctld.pid
SlurmdPidFile=$run/slurmd.pid
SlurmctldLogFile=$slurm/log/slurmctld.log
SlurmdLogFile=$slurm/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
KillWait=3
MailProg=/bin/true
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=8 RealMemory=16000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$etc/slurm.conf
    munged --key-file="$etc/munge.key" --socket="$run/munge.sock" --pid-file="$run/munged.pid" \
        --log-file="$slurm/log/munged.log" --seed-file="$slurm/state/munged.seed" --num-threads=2 >"$demo/munged.log" 2>&1
    slurmctld -f "$SLURM_CONF" -c </dev/null >"$demo/slurmctld.log" 2>&1
    slurmd -f "$SLURM_CONF" -c -N "$host" </dev/null >"$demo/slurmd.log" 2>&1
    eventually "Slurm has a node" slurm_is_idle
}

slurm_is_idle() { [[ $(sinfo -h -o %T 2>/dev/null) == idle ]]; }

# Jobs end before their node does: they outlive it, too.
stop_slurm() {
    [[ -n ${slurm:-} ]] || return 0
    local daemon start
    start=$(now_ms)
    scancel --user "$(id -un)" 2>/dev/null || true
    until [[ -z $(squeue -h 2>/dev/null) ]] || (($(now_ms) - start > 20000)); do sleep 0.1; done
    for daemon in slurmd slurmctld munged; do
        [[ ! -s $slurm/run/$daemon.pid ]] || end_process "$(<"$slurm/run/$daemon.pid")"
    done
    rm -rf "$slurm"
    slurm=''
}

# end_process PID: asks it to end, and waits for a while.
end_process() {
    local start
    start=$(now_ms)
    kill -TERM "$1" 2>/dev/null || return 0
    while kill -0 "$1" 2>/dev/null && (($(now_ms) - start < 10000)); do sleep 0.05; done
}

# The programs are those of deploy/programs. Three start by themselves here: two on the cluster, one on the server's own machine.
start_site() {
    data=$demo/data krios=$demo/krios
    mkdir "$data" "$krios" programs
    cp "$root/deploy/programs/statistics.yaml" programs/
    write_fit
    sed 's/^when: by hand/when: closed\nengine: slurm/' "$root/deploy/programs/integrate.yaml" >programs/integrate.yaml
    sed 's/^when: by hand/when: closed\nengine: slurm/; s/^accepts: {/accepts: {types: [tomography\/scan], /' \
        "$root/deploy/programs/reconstruct.yaml" >programs/reconstruct.yaml
    sed 's/^when: by hand/when: {files: "*fractions.mrc", count: 1}/; s/^accepts: {/accepts: {types: [cryoem], /' \
        "$root/deploy/programs/correct-motion.yaml" >programs/correct-motion.yaml
    hutch program check programs >checked 2>&1 && code=0 || code=$?
    check "the documents are right" succeeded
    server_port=$(free_port)
    cat >"$data/hutch.yaml" <<YAML
server:
  name: facility
  publicUrl: http://127.0.0.1:$server_port
sites:
  listen: 127.0.0.1:$(free_port)
agent:
  account: ada
  folders:
    - watch: $krios     # each folder in it becomes a dataset of ada's when it holds an SPA.yml
      close: true
programs:
  folder: $demo/programs
  slurm:
    folder: $demo/shared
YAML
    show cat "$data/hutch.yaml"
    start_server "$data"
    as operator
    hutch login "$server" --quiet <"$data/admin.token" >/dev/null
    hutch user create ada --json | jq -r .token >ada.token
    hutch token create --scope work --json | jq -r .token >worker.token
    as ada
    hutch login "$server" --quiet <ada.token >/dev/null
}

close_series() {
    title "1 · Crystallography: a series is closed, and DIALS starts by itself under Slurm"
    show hutch program enable integrate --mine --parameter nproc=1 --parameter dMin=2.5
    check "ada has switched it on for all her datasets" succeeded
    show hutch simulate dataset lyso/s1 --detector eiger2-1m --images "$images"
    mv lyso/s1_truth.json truth.json
    rm lyso/s1_truth.jsonl
    jq '{wavelength: .wavelengthAngstrom}' truth.json >wavelength.json
    publish lyso lysozyme mx
    hutch metadata set lysozyme wavelength.json --quiet >/dev/null
    show hutch close lysozyme -m "as measured"
    check "the series is closed" succeeded
    eventually "Slurm executes a job for her" slurm_has 1
    squeue -o '  %i  %j  %T  %M'
}

# publish FOLDER NAME TYPE: a folder becomes a dataset.
publish() {
    hutch init --name "$2" --type "$3" "$1" --quiet >/dev/null
    (cd "$1" && hutch push --quiet >/dev/null)
}

# slurm_has N: the cluster has taken so many jobs, which may have ended.
slurm_has() { [[ $(squeue -h -t all -o '%j %T' | grep '^hutch-' | grep -vc PENDING) -ge $1 ]]; }

# run_of RESULTS: the run that made a dataset, or makes it.
run_of() { hutch runs list "$1" --json 2>/dev/null | jq -r .id | head -n 1; }

run_is() { [[ $(hutch runs show "$1" --json | jq -r .state) == "$2" ]]; }

attempt_of() { hutch runs show "$1" --json | jq .attempt.number; }

# describe RUN: it in one line.
describe() { hutch runs show "$1" --json | jq -r '"  \(.program): \(.state), \(.attempt.engine) on \(.attempt.node), attempt \(.attempt.number)"'; }

close_scan() {
    title "2 · Tomography: projections, flat and dark fields are closed, and UFO starts by itself"
    show hutch program enable reconstruct --mine --parameter projections=120 --parameter axis=64 --parameter step=0.0261799
    check "she has switched it on, too" succeeded
    mkdir phantom
    /usr/bin/python3 "$root/build/demos/phantom.py" scan phantom/scan.h5
    publish phantom phantom tomography/scan
    show hutch close phantom -m "120 projections"
    check "the scan is closed" succeeded
    eventually "Slurm executes a second job" slurm_has 2
}

record() {
    title "3 · Cryo-EM: RELION corrects each movie while the microscope records"
    show hutch program enable correct-motion --mine
    printf '\033[36m$\033[0m %s &\n' "hutch simulate microscope krios --session ribosome --rate ${demo_rate:-0.5}"
    "$program" simulate microscope "$krios" --session ribosome --movies 100000 --size 256x256 --rate "${demo_rate:-0.5}" --quiet \
        >microscope.log 2>&1 &
    microscope_pid=$!
    movies=ada/ribosome
    eventually "the first movie started the program" has_run
    eventually "$parts_before micrographs are there, and more movies come" parts_are_done "$parts_before"
    show hutch runs parts "$motion_run" --state done
}

has_run() { motion_run=$(run_of "$movies-corrected") && [[ -n $motion_run ]]; }

parts_done() { hutch runs parts "$motion_run" --state done --json 2>/dev/null | wc -l; }

parts_are_done() { [[ $(parts_done) -ge $1 ]]; }

step() {
    title "4 · A step in Python gives its own column while the detector records"
    cat >hot.py <<'PYTHON'
from hutch_step import serve

def hot(frame):
    counts = frame.pixels[frame.valid]
    return {"n_hot": int((counts > frame.parameters["above"]).sum()), "mean": float(counts.mean())}

serve(hot, name="hot-pixels", title="Hot pixels",
      columns={"n_hot": "integer", "mean": {"kind": "number", "unit": "counts/pixel"}},
      parameters={"above": {"kind": "integer", "unit": "counts", "default": 20}})
PYTHON
    show cat hot.py
    hutch worker --python-helper >hutch_step.py
    printf '\033[36m$\033[0m %s &\n' "hutch worker --step -- python3 hot.py"
    HUTCH_REMOTE=$server HUTCH_TOKEN=$(<worker.token) "$program" worker --threads 1 --step -- /usr/bin/python3 hot.py >worker.log 2>&1 &
    worker_pid=$!
    wait_beside "$worker_pid" step_is_offered
    local stream run sent
    stream=tcp://127.0.0.1:$(free_port)
    printf '\033[36m$\033[0m %s &\n' "hutch capture --direct $stream --dataset '{dcid}' --close"
    "$program" capture --direct "$stream" --dataset '{dcid}' --close --json --state "$demo/state" >captured 2>told &
    capture_pid=$!
    say "  (10 test images first: the programs are compiled while they run for the first time)"
    "$program" simulate detector --at "$stream" --size 256k --frames 10 --user-data '{"dcid": 4710}' --quiet >sending 2>&1
    wait_beside "$capture_pid" captured_series 1
    hutch analyse 4710 --step hot-pixels --quiet >/dev/null
    mkdir grid
    hutch init --name 4712 grid --quiet >/dev/null
    hutch analyse 4712 --step hot-pixels --follow --no-wait --quiet >/dev/null
    run=$(run_of 4712)
    "$program" simulate detector --at "$stream" --size 256k --frames "$frames" --rate 20 --user-data '{"dcid": 4712}' --quiet \
        >sending 2>&1 &
    detector_pid=$!
    show hutch runs watch "$run"
    check "the run ended with the series" succeeded
    hutch runs show "$run" --json >ran
    check "each frame has its row, $(jq '.live.millisecondsMedian | round' ran) ms after it was received (median)" \
        test "$(jq .live.measured ran)" -eq "$frames"
    wait_beside "$capture_pid" captured_series 2
    kill -TERM "$capture_pid" "$worker_pid"
    wait "$capture_pid" "$worker_pid" "$detector_pid" || true
    capture_pid='' worker_pid='' detector_pid=''
    hutch clone 4712-hot-pixels hot-pixels --quiet >/dev/null
    show head -n 3 hot-pixels/results.csv
    sent=$(tail -n +2 hot-pixels/results.csv | wc -l)
    check "the table has a row for each of $frames frames" test "$sent" -eq "$frames"
    check "with the two columns" test "$(head -n 1 hot-pixels/results.csv | tr -d '\r')" = file-number,n_hot,mean
}

# captured_series N: the capture has said what became of so many series, each in a line of its own.
captured_series() { [[ $(wc -l <captured) -ge $1 ]]; }

step_is_offered() { hutch analyse --list-steps --json | grep -q hot-pixels; }

crash() {
    title "5 · Server and Slurm are killed while RELION and DIALS compute and the microscope records"
    local before
    hutch runs parts "$motion_run" --state done --json >parts-before
    before=$(wc -l <parts-before)
    local controller
    controller=$(<"$slurm/run/slurmctld.pid")
    say "  jobs that Slurm executes: $(squeue -h -t R | wc -l)"
    printf '\033[36m$\033[0m %s\n' "kill -KILL $server_pid $controller    # the server, and the controller of Slurm"
    kill -KILL "$server_pid" "$controller"
    wait "$server_pid" 2>/dev/null || true
    until ! kill -0 "$controller" 2>/dev/null; do sleep 0.05; done
    check "the microscope continues to record" kill -0 "$microscope_pid"
    # Without -c it reads its jobs again.
    slurmctld -f "$SLURM_CONF" </dev/null >>"$demo/slurmctld.log" 2>&1
    start_server "$data"
    eventually "further movies are corrected" parts_are_done $((before + parts_after))
    kill -TERM "$microscope_pid"
    wait "$microscope_pid" || true
    microscope_pid=''
    eventually "the session has ended, and all its movies are corrected" run_is "$motion_run" done
    hutch runs parts "$motion_run" --json >parts
    local recorded
    recorded=$(find "$krios/ribosome" -name '*fractions.mrc' | wc -l)
    check "each of $recorded movies is done" test "$(jq -r 'select(.state == "done") | .part' parts | sort -u | wc -l)" -eq "$recorded"
    check "exactly once" test "$(wc -l <parts)" -eq "$recorded"
    describe "$motion_run"
    check "the run has a second attempt" test "$(attempt_of "$motion_run")" -ge 2
    check "which left the $before micrographs of before alone" test "$(sort parts-before)" = "$(grep -Fxf parts-before parts | sort)"
    hutch clone "$movies-corrected" corrected --quiet >/dev/null
    check "each has its micrograph and its drift" test "$(find corrected -name micrograph.mrc | wc -l)" -eq "$recorded" -a \
        "$(find corrected -name drift.star | wc -l)" -eq "$recorded"
    check "mrcfile, which is not ours, reads every micrograph" mrcfile_reads corrected
    say "  drift in the newest movie: $(drift "$(find corrected -name drift.star | sort | tail -n 1)") pixels"
}

# The headers of RELION have no version, without which mrcfile reads with a remark.
mrcfile_reads() {
    /usr/bin/python3 -W ignore - "$1" <<'PYTHON'
import glob, mrcfile, sys
files = glob.glob(sys.argv[1] + "/**/micrograph.mrc", recursive=True)
images = [mrcfile.open(file, permissive=True).data for file in files]
sys.exit(0 if images and all(image.shape == (256, 256) and image.std() > 0 for image in images) else 1)
PYTHON
}

# drift FILE: the largest shift of a frame.
drift() { awk 'NF == 3 && $1 ~ /^[0-9]+$/ { d = sqrt($2 ^ 2 + $3 ^ 2); if (d > most) most = d } END { printf "%.1f", most }' "$1"; }

look_at_results() {
    title "6 · Results of the cluster"
    local run correlation
    run=$(run_of lysozyme-integrated)
    eventually "DIALS is done" run_is "$run" done
    describe "$run"
    check "its first attempt was enough" test "$(attempt_of "$run")" -eq 1
    hutch clone lysozyme-integrated integrated --quiet >/dev/null
    say "  $(<integrated/cell.json)"
    check "one lattice" test "$(jq .lattices integrated/cell.json)" -eq 1
    check "with the cell of the simulator, within 1 %: $(jq -c '.cell[:3] | map(. * 100 | round / 100)' truth.json) Å" cell_is_right
    run=$(run_of phantom-volume)
    eventually "UFO is done" run_is "$run" done
    describe "$run"
    hutch clone phantom-volume volume --quiet >/dev/null
    correlation=$(/usr/bin/python3 "$root/build/demos/phantom.py" compare volume/volume.h5)
    check "its volume is the phantom: correlation $correlation" test "${correlation/./}" -gt 90
}

cell_is_right() {
    jq -e --slurpfile truth truth.json '[(.axes[0] | sort), ($truth[0].cell[:3] | sort)] | transpose
        | all((.[0] / .[1] - 1) | fabs < 0.01)' integrated/cell.json >/dev/null
}

prove() {
    title "7 · A result is computed again, and the site signs the comparison"
    make_inputs
    show hutch program run fit decay
    check "it is accepted" succeeded
    fit_run=$(run_of decay-fit)
    eventually "there is a fit" run_is "$fit_run" done
    hutch clone decay-fit before --quiet >/dev/null
    say "  $(<before/fit.txt)"
    show hutch rerun "$fit_run"
    check "it was reproduced" succeeded
    local dataset
    dataset=$(hutch info decay-fit --json | jq -r .id)
    curl --silent --fail --header "Authorization: Bearer $(<ada.token)" "$server/api/v1/datasets/$dataset/statements" >statements
    jq '.items[0] | {summary, files, equal, trusted, key: (.document | fromjson | .key)}' statements
    check "the dataset keeps it, with the signature of the site" test "$(jq '.items[0] | .reproduced and .trusted' statements)" = true
}

write_fit() {
    cat >programs/fit.yaml <<'YAML'
title: Lifetime of a decay
version: "1"
image: ada/tools@1
command: [fit, "{input}", "{output}"]
requires: [fit.txt, residuals.csv]
when: by hand
YAML
}

# The image is a root file system with a shell, awk and the program, and nothing else of this machine.
make_inputs() {
    mkdir -p decay tools/{etc,sys,usr/bin}
    awk 'BEGIN { srand(7); print "us,counts"; for (t = 0; t < 20; t += 0.001) print t "," 1e6 * exp(-t / 2.197) * (0.99 + 0.02 * rand()) }' \
        >decay/decay.csv
    ln -s usr/bin tools/bin
    local name library
    for name in sh awk; do cp -L "$(command -v "$name")" "tools/usr/bin/$name"; done
    for library in $(ldd tools/usr/bin/* | grep -oE '\s/[^ ]+' | sort -u); do
        mkdir -p "tools${library%/*}"
        cp -L "$library" "tools$library"
    done
    cat >tools/usr/bin/fit <<'PROGRAM'
#!/bin/sh
# fit INPUT OUTPUT: a line through the logarithms of the counts.
set -e
line=$(awk -F, 'NR > 1 { n++; x += $1; y += log($2); xx += $1 * $1; xy += $1 * log($2) }
    END { b = (n * xy - x * y) / (n * xx - x * x); print (y - b * x) / n, b }' "$1/decay.csv")
echo "${line#* }" | awk '{ print "lifetime", -1 / $1, "us" }' >"$2/fit.txt"
awk -F, -v a="${line% *}" -v b="${line#* }" 'NR > 1 { print $1 "," log($2) - a - b * $1 }' "$1/decay.csv" >"$2/residuals.csv"
PROGRAM
    chmod +x tools/usr/bin/fit
    for name in decay tools; do
        hutch init --name "$name" "$name" --quiet >/dev/null
        (cd "$name" && hutch push --quiet >/dev/null)
        hutch close "$name" --quiet >/dev/null
    done
}

# The inputs and the image are held at two sites, so that program and inputs last longer than the bytes of the result.
evict() {
    title "8 · The proved result is evicted and brought back"
    join_archive
    as ada
    for name in decay tools; do
        show hutch replicate "$name" --to archive
        eventually "the archive has it" has_copy "$name"
        show hutch evict "$name" --keep
        eventually "two sites hold it" is_eviction "$name" held
    done
    show_both hutch evict decay-fit --reproducible
    check "an open result is not evicted" refused
    hutch close decay-fit --quiet >/dev/null
    show_both hutch evict decay-fit --reproducible
    check "nor one for which no rule permits it" refused
    show hutch rule add '1 copy | reproducible within 30 days where site=facility' --dataset decay-fit
    show hutch evict decay-fit --reproducible
    check "it is evicted" is_eviction decay-fit evicted
    # The results of the rerun have the same bytes.
    hutch delete decay-fit-rerun --quiet >/dev/null
    as operator
    hutch purge ada/decay-fit-rerun --reason proved --quiet >/dev/null
    hutch gc --quiet >/dev/null
    as ada
    show_both hutch clone decay-fit away
    check "a reader hears how to get it back" said "hutch rerun $fit_run --restore"
    show hutch rerun "$fit_run" --restore
    check "it is computed again, and compared before it is served" succeeded
    check "all bytes are here" is_eviction decay-fit here
    hutch clone decay-fit back --quiet >/dev/null
    check "and are those of before" diff --recursive --exclude .hutch before back
    end_process "$archive_pid"
    archive_pid=''
}

join_archive() {
    local port
    port=$(free_port)
    printf '\033[36m$\033[0m hutch serve --data archive --http 127.0.0.1:%s &\n' "$port"
    setsid "$program" serve --data "$demo/archive" --http "127.0.0.1:$port" --s3 127.0.0.1:0 </dev/null >"$demo/archive.log" 2>&1 &
    archive_pid=$!
    wait_beside "$archive_pid" curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health/ready"
    as operator
    hutch site invite archive --quiet >archive.join
    as archivist
    hutch login "http://127.0.0.1:$port" --quiet <"$demo/archive/admin.token" >/dev/null
    show_reading "$demo/archive.join" hutch site join --quiet
    check "a second site has joined" succeeded
}

has_copy() { hutch replicate "$1" --json | jq -e '.items[] | select(.site == "archive" and .state == "complete")' >/dev/null; }

# is_eviction NAME STATE
is_eviction() { [[ $(eviction_of "$1") == "$2" ]]; }

eviction_of() {
    curl --silent --fail --header "Authorization: Bearer $(<ada.token)" \
        "$server/api/v1/datasets/$(hutch info "$1" --json | jq -r .id)/eviction" | jq -r .state
}

demo_goodbye() {
    if [[ $demo_only != all ]]; then
        echo "The server keeps running (process $server_pid; stop it with: kill $server_pid). What it wrote: ${demo#"$root"/}"
        return
    fi
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid). The cluster is stopped.

  the movies in a browser  $server/datasets/$(hutch info "$movies" --json | jq -r .id)
  their micrographs        $server/datasets/$(hutch info "$movies-corrected" --json | jq -r .id)
  the series               $server/datasets/$(hutch info lysozyme --json | jq -r .id)
  log in there as ada      $(as operator && hutch user login-link ada --json | jq -r .url)
  what it wrote            ${demo#"$root"/}
TEXT
}
