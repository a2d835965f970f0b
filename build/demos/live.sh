# shellcheck shell=bash
# A detector streams a grid scan; every frame is stored, analysed and published while the next ones come. At the end, the
# separate counts of the detector, the capture and the server are compared.

demo_steps() {
    rate=${demo_rate:-100} size=${demo_size:-256k} rows=${demo_rows:-30} columns=${demo_columns:-40}
    title "A server on a fresh folder, and a beamline"
    data=$demo/data
    start_server "$data"
    as beamline
    show_reading "$data/admin.token" hutch login "$server"
    check "logged in" succeeded
    cd "$demo" || return
    trap 'kill -KILL ${capture_pid:-} ${detector_pid:-} "${server_pid:-}" 2>/dev/null || true' EXIT

    arm
    scan
    count
}

# Logs a browser in, once.
login_link() { hutch user login-link admin --json | jq -r .url; }

# The dataset of the series, and a run that takes each frame as it is stored.
arm() {
    title "1 · Arm: a dataset for the series, a run that follows it, a capture at the socket"
    mkdir series
    show hutch init --name 4711 series
    show hutch analyse 4711 --follow --no-wait
    check "a run waits for frames" succeeded
    run=$(hutch runs list 4711 --json | jq -r .id)
    results=$(hutch info 4711-spots --json | jq -r .id)
    stream=tcp://127.0.0.1:$(free_port)
    printf '\033[36m$\033[0m %s &\n' "hutch capture --direct $stream --dataset '{dcid}' --close --json"
    "$program" capture --direct "$stream" --dataset '{dcid}' --close --json --state "$demo/state" >captured 2>told &
    capture_pid=$!
    say "  (20 test images first, as after every start: the programs are compiled while they run for the first time)"
    "$program" simulate detector --at "$stream" --size "$size" --frames 20 --user-data '{"dcid": 4710}' --quiet >/dev/null
    wait_beside "$capture_pid" captured_series 1
    check "the test images have results" test "$(hutch analyse 4710 --json --quiet | wc -l)" -eq 20
    say "  the same in a browser:  $server/datasets/$results/analysis"
    say "  log in there with:      $(login_link)"
}

# captured_series N: the capture has said what became of so many series, each in a line of its own.
captured_series() { [[ $(wc -l <captured) -ge $1 ]]; }

scan() {
    title "2 · A grid scan of $rows × $columns images ($size pixels), $rate a second"
    printf '\033[36m$\033[0m %s %s &\n' "hutch simulate detector --at $stream --size $size --rows $rows --columns $columns --snake --rate $rate" \
        "--user-data '{\"dcid\": 4711}'"
    "$program" simulate detector --at "$stream" --size "$size" --rows "$rows" --columns "$columns" --snake --rate "$rate" \
        --user-data '{"dcid": 4711}' --json --quiet >sent 2>sending &
    detector_pid=$!
    show hutch runs watch "$run"
    check "the run ended with the series" succeeded
}

count() {
    title "3 · What became of the frames"
    wait "$detector_pid" || true
    # The run ends with the dataset, which is closed before the capture has printed its own counts.
    wait_beside "$capture_pid" captured_series 2
    tail -n 1 captured >counts
    check "the detector sent its images" test "$(jq .sent sent)" -eq $((rows * columns))
    hutch runs show "$run" --json >ran
    local sent received stored analysed failed
    sent=$(jq .sent sent) received=$(jq .capture.received counts) stored=$(jq .capture.stored counts)
    analysed=$(jq .frames ran) failed=$(jq .failures ran)
    check "each was received" test "$received" -eq "$sent"
    check "and stored" test "$stored" -eq "$sent"
    check "and analysed, once, without an error" test "$analysed" -eq "$sent" -a "$failed" -eq 0
    check "each says when it was received" test "$(jq .live.measured ran)" -eq "$sent"
    show hutch clone "$results" results
    check "and has a row in the table" test "$(wc -l <results/results.csv)" -eq $((sent + 1))
    cat <<TEXT

frames sent      $sent
frames stored    $stored
frames analysed  $analysed
frames lost      $((sent - analysed))
latency          $(jq -r '"p50 \(.live.millisecondsMedian * 10 | round / 10) ms, p99 \(.live.milliseconds99 * 10 | round / 10) ms"' ran)
                 from the last byte received by the capture to the result published by the server: durable, and visible to readers
of that, stored  $(jq -r '"p50 \(.capture.storedMillisecondsMedian * 10 | round / 10) ms, p99 \(.capture.storedMilliseconds99 * 10 | round / 10) ms"' counts)
                 detector, capture, server and its worker share this machine of $(nproc) processors and its clock
TEXT
    kill -TERM "$capture_pid"
    local ended=0
    wait "$capture_pid" || ended=$?
    check "the capture stopped when asked to" test "$ended" -eq 0
    capture_pid='' detector_pid=''
}

demo_goodbye() {
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid).

  the results in a browser $server/datasets/$results/analysis
  log in there with        $(login_link)
  what it wrote            ${demo#"$root"/}
TEXT
}
