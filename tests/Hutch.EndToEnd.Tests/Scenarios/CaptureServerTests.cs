using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Captures whose server is killed or has a full disk: each has a server of its own.</summary>
public sealed class CaptureServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_loses_no_frame()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        Account operators = await installation.AdminAsync(Ct);
        int port = LoopbackPort.FindFree();
        Task<CommandResult> script = operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{port}} --dataset '{dcid}' --json >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{port}} --size 256k --frames 150 --rate 100 --user-data '{"dcid": 4711}'
            until [ -s captured ]; do sleep 0.1; done
            """,
            Ct);
        await operators.UntilDatasetAsync("4711", static _ => true, Ct);

        await installation.Server.KillAsync();
        await using ServerProcess again = ServerProcess.Start(installation.Server.DataFolder, installation.Server.Address.Port);
        await again.WaitReadyAsync(Ct);

        (await script).AssertDone();
        JsonElement record = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(operators.WorkingFolder, "captured"), Ct)).RootElement.GetProperty("capture");
        Assert.Equal((150, 150, 0), (record.GetProperty("received").GetInt32(), record.GetProperty("stored").GetInt32(), record.GetProperty("missing").GetInt32()));
    }

    [Fact]
    public async Task A_full_disk_costs_the_writer_nothing_and_hutch_only_what_its_buffer_cannot_hold()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        Account operators = await installation.AdminAsync(Ct);
        (int detector, int writer, int copies) = (LoopbackPort.FindFree(), LoopbackPort.FindFree(), LoopbackPort.FindFree());
        Task<CommandResult> script = operators.RunShellAsync(
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
            hutch capture --copies tcp://127.0.0.1:{{copies}} --dataset '{dcid}' --buffer 1 --spool 0 >captured 2>told &
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
        await installation.Server.StopAsync(Ct);
        string data = installation.Server.DataFolder;
        int port = installation.Server.Address.Port;
        await using (ServerProcess full = ServerProcess.Start(data, port, "--set", "site.segments.reserveBytes=1125899906842624"))
        {
            await full.WaitReadyAsync(Ct);
            await File.WriteAllTextAsync(Path.Combine(operators.WorkingFolder, "full"), "", Ct);
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
            while (!File.Exists(Path.Combine(operators.WorkingFolder, name)) && !script.IsCompleted)
            {
                await Task.Delay(50, Ct);
            }
        }
    }
}
