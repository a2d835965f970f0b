using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Captures whose server is killed, has a full disk, or is told for whom it may create datasets: each has a server of its own.</summary>
public sealed class CaptureServerTests : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.FindFree();
    private Installation _installation = null!;
    private Account _operators = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync(Ct);
        _operators = await _installation.AdminAsync(Ct);
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_loses_no_frame()
    {
        Task<CommandResult> script = _operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{_port}} --dataset '{dcid}' --json >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{_port}} --size 256k --frames 400 --rate 100 --user-data '{"dcid": 4711}'
            until [ -s captured ]; do sleep 0.1; done
            """,
            Ct);
        (await _operators.RunShellAsync("until hutch info 4711 >info 2>&1; do sleep 0.1; done", Ct)).AssertDone();

        await _installation.Server.KillAsync();
        await using ServerProcess again = ServerProcess.Start(_installation.Server.DataFolder, _installation.Server.Address.Port);
        await again.WaitReadyAsync(Ct);

        (await script).AssertDone();
        JsonElement record = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(_operators.WorkingFolder, "captured"), Ct)).RootElement.GetProperty("capture");
        Assert.Equal((400, 400, 0), (record.GetProperty("received").GetInt32(), record.GetProperty("stored").GetInt32(), record.GetProperty("missing").GetInt32()));
    }

    [Fact]
    public async Task A_series_belongs_to_the_group_of_its_visit_for_which_the_capture_may_create_datasets()
    {
        Account beamline = await _installation.NewUserAsync("beamline-7", Ct);
        (await _operators.RunShellAsync(
            "hutch group create crystallographers && hutch user create-for beamline-7 crystallographers", Ct)).AssertDone();

        CommandResult captured = (await beamline.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            echo 'mx1 crystallographers # in April' >visits
            capture() {
                hutch capture --direct tcp://127.0.0.1:{{_port}} --dataset '{visit}/{dcid}' --owners visits --close "$@" >captured 2>>told & capture=$!
            }
            measure() {
                hutch simulate detector --at tcp://127.0.0.1:{{_port}} --size 256k --frames 3 --user-data "{\"dcid\": $1, \"visit\": \"mx1\"}"
                until [ -s captured ]; do sleep 0.1; done
                kill -TERM $capture && wait $capture
            }
            capture && measure 4711
            capture --json && measure 4712
            cat told
            jq -r .staysOpen captured
            """,
            Ct)).AssertDone();
        CommandResult entries = (await _operators.RunAsync(Ct, "list", "crystallographers/4711")).AssertDone();

        Assert.Contains("000003", entries.Output, StringComparison.Ordinal);
        Assert.Contains("crystallographers/4711 stays open: ", captured.Output, StringComparison.Ordinal);
        string told = captured.Output.Split("crystallographers/4711 stays open: ")[1].Split('\n')[0];
        Assert.Equal(told.Replace("4711", "4712", StringComparison.Ordinal), captured.Output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task What_is_captured_with_the_key_of_a_visit_ingested_or_pushed_belongs_to_the_visit_that_is_named()
    {
        Account beamline = await _installation.NewUserAsync("beamline-7", Ct);
        Account bob = await _installation.NewUserAsync("bob", Ct);
        (await _operators.RunShellAsync(
            """
            hutch visit create cm5-1 --proposal cm5 --instrument i04 --begin 2026-01-01 --end 2090-01-01 --experimenter bob --creator beamline-7
            """,
            Ct)).AssertDone();

        (await beamline.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{_port}} --dataset '{visit}/{dcid}' >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{_port}} --size 256k --frames 2 --user-data '{"dcid": 4711, "visit": "cm5-1"}'
            hutch simulate dataset scan --detector tiny --images 2
            hutch ingest scan_master.h5 cm5-1/scan
            mkdir notes && echo ice >notes/a.txt && hutch init notes --name cm5-1/notes && (cd notes && hutch push -m notes)
            until [ -s captured ]; do sleep 0.1; done
            """,
            Ct)).AssertDone();

        CommandResult seen = (await bob.RunShellAsync(
            "hutch list --owner cm5-1 --json | jq -r '.name + \" \" + (.files > 0 | tostring)' | sort && hutch search proposal:cm5 --json | jq -r .name | sort",
            Ct)).AssertDone();
        Assert.Equal(
            ["cm5-1/4711 true", "cm5-1/notes true", "cm5-1/scan true", "cm5-1/4711", "cm5-1/notes", "cm5-1/scan"],
            seen.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_full_disk_costs_the_writer_nothing_and_hutch_only_what_its_buffer_cannot_hold()
    {
        (int detector, int writer, int copies) = (LoopbackPort.FindFree(), LoopbackPort.FindFree(), LoopbackPort.FindFree());
        Task<CommandResult> script = _operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            cat >writer.py <<'PROGRAM'
            import sys, zmq, cbor2
            socket = zmq.Context().socket(zmq.PULL)
            socket.connect(sys.argv[1])
            images = []
            while True:
                content = cbor2.loads(socket.recv())
                content = getattr(content, "value", content)
                if content["type"] == "image":
                    images.append(content["image_id"])
                if content["type"] == "end":
                    print(len(images), images == list(range(len(images))))
                    break
            PROGRAM
            hutch tee tcp://127.0.0.1:{{detector}} tcp://127.0.0.1:{{writer}} tcp://127.0.0.1:{{copies}} --json >tee &
            /usr/bin/python3 writer.py tcp://127.0.0.1:{{writer}} >written &
            writer=$!
            hutch capture --copies tcp://127.0.0.1:{{copies}} --dataset '{dcid}' --buffer 1 >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{detector}} --size 256k --frames 30 --rate 50 --user-data '{"dcid": 4710}'
            until [ -s captured ]; do sleep 0.1; done
            wait $writer
            touch small
            until [ -e full ]; do sleep 0.1; done
            /usr/bin/python3 writer.py tcp://127.0.0.1:{{writer}} >written &
            writer=$!
            hutch simulate detector --at tcp://127.0.0.1:{{detector}} --size 256k --frames 300 --rate 100 --user-data '{"dcid": 4711}'
            wait $writer
            grep 'Waiting to store series' told
            cat written
            touch wrote
            until [ "$(wc -l <captured)" = 2 ]; do sleep 0.1; done
            hutch clone 4711 here >cloned
            cat here/header.d/capture.json
            """,
            Ct);
        await ExistsAsync("small");

        // No room for anything but deletes, as if others had filled the disk.
        await _installation.Server.StopAsync(Ct);
        string data = _installation.Server.DataFolder;
        int port = _installation.Server.Address.Port;
        await using (ServerProcess full = ServerProcess.Start(data, port, "--set", "site.segments.reserveBytes=1125899906842624"))
        {
            await full.WaitReadyAsync(Ct);
            await File.WriteAllTextAsync(Path.Combine(_operators.WorkingFolder, "full"), "", Ct);
            await ExistsAsync("wrote");
            await full.StopAsync(Ct);
        }

        await using ServerProcess roomy = ServerProcess.Start(data, port);
        await roomy.WaitReadyAsync(Ct);
        CommandResult result = (await script).AssertDone();

        Assert.Contains("300 True", result.Output, StringComparison.Ordinal);
        Assert.Contains("No space left on the server's disk", result.Output, StringComparison.Ordinal);
        JsonElement capture = JsonDocument.Parse(result.Output[result.Output.LastIndexOf("{\n", StringComparison.Ordinal)..]).RootElement;
        int Number(string name) => capture.GetProperty(name).GetInt32();
        Assert.InRange(Number("dropped"), 1, 299);
        Assert.Equal(Number("received"), Number("stored") + Number("dropped"));
        Assert.True(Number("stored") > 0);
        Assert.True(Number("missing") >= Number("dropped"), "Each that was dropped is named.");
        Assert.NotEmpty(capture.GetProperty("missingFrames").EnumerateArray());

        // The script makes the file; there is nothing else to wait for.
        async Task ExistsAsync(string name)
        {
            while (!File.Exists(Path.Combine(_operators.WorkingFolder, name)) && !script.IsCompleted)
            {
                await Task.Delay(50, Ct);
            }
        }
    }
}
