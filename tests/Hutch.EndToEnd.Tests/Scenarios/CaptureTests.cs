using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>From a detector's socket to a dataset: an operator at a command line.</summary>
public sealed class CaptureTests(SharedServer shared) : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.FindFree();
    private Account _operators = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _operators = await shared.NewAccountAsync(Ct);

    public ValueTask DisposeAsync()
    {
        _operators.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_grid_scan_is_captured_closed_temporary_and_found_under_its_number()
    {
        (await _operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{_port}} --dataset '{dcid}' --temporary 7 --close --json >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{_port}} --size 256k --rows 6 --columns 7 --snake --rate 200 --user-data '{"dcid": 4711}'
            until [ -s captured ]; do sleep 0.1; done
            hutch info 4711 --json >info
            hutch clone 4711 here
            ls here | wc -l
            """,
            Ct)).AssertDone();

        string folder = _operators.WorkingFolder;
        JsonElement record = await CapturedAsync();
        Assert.Equal((42, 42, 0), (record.GetProperty("received").GetInt32(), record.GetProperty("stored").GetInt32(), record.GetProperty("missing").GetInt32()));
        JsonElement dataset = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "info"), Ct)).RootElement;
        Assert.Equal("closed", dataset.GetProperty("state").GetString());
        Assert.InRange(
            dataset.GetProperty("expires").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(6), DateTimeOffset.UtcNow.AddDays(8));
        JsonElement header = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "here", "header"), Ct)).RootElement;
        Assert.Equal(6, header.GetProperty("start").GetProperty("user_data").GetProperty("grid").GetProperty("rows").GetInt32());
        Assert.True(File.Exists(Path.Combine(folder, "here", "header.d", "pixel_mask.npy")));
        Assert.Equal(record.GetRawText().Length > 0, File.Exists(Path.Combine(folder, "here", "header.d", "capture.json")));
    }

    [Fact]
    public async Task The_existing_writer_gets_everything_whatever_becomes_of_hutch()
    {
        (int detector, int writer, int copies) = (LoopbackPort.FindFree(), LoopbackPort.FindFree(), LoopbackPort.FindFree());

        CommandResult result = (await _operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            cat >writer.py <<'PROGRAM'
            import os, sys, time, zmq, cbor2
            socket = zmq.Context().socket(zmq.PULL)
            socket.setsockopt(zmq.RCVHWM, 10)
            socket.connect(sys.argv[1])
            images = []
            while True:
                message = socket.recv()
                content = cbor2.loads(message)
                content = getattr(content, "value", content)
                if content["type"] == "image":
                    images.append(content["image_id"])
                    while len(images) == 100 and not os.path.exists("go"):
                        time.sleep(0.05) # so long, the detector waits: there are more images than fit between it and this
                if content["type"] == "end":
                    print(len(images), images == list(range(len(images))))
                    break
            PROGRAM
            hutch tee tcp://127.0.0.1:{{detector}} tcp://127.0.0.1:{{writer}} tcp://127.0.0.1:{{copies}} --json >tee &
            tee=$!
            /usr/bin/python3 writer.py tcp://127.0.0.1:{{writer}} >written &
            writer=$!
            hutch capture --copies tcp://127.0.0.1:{{copies}} --dataset '{dcid}' --json >captured 2>told &
            capture=$!
            hutch simulate detector --at tcp://127.0.0.1:{{detector}} --size 256k --frames 1500 --rate 300 --user-data '{"dcid": 4711}' &
            until api 'datasets/resolve?name=4711' >info 2>&1; do sleep 0.05; done
            kill -9 $capture; wait $capture || true # its connection is gone: the one below is that of the next capture
            hutch capture --copies tcp://127.0.0.1:{{copies}} --dataset '{dcid}' --json >captured 2>>told &
            until grep -q " [0-9A-F]*:{{copies:X4}} 01 " /proc/net/tcp; do sleep 0.05; done
            touch go
            wait $writer
            until [ -s captured ]; do sleep 0.1; done
            kill $tee
            wait $tee
            cat written tee
            hutch list --owner {{_operators.Name}} --json
            """,
            Ct)).AssertDone();

        Assert.Contains("1500 True", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"forwarded\":1502", result.Output, StringComparison.Ordinal);

        // The killed capture lost the frames in its memory. The next one continued its dataset, and records the missing frames.
        JsonElement record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_operators.WorkingFolder, "captured"), Ct)).RootElement;
        Assert.Equal($"{_operators.Name}/4711", record.GetProperty("dataset").GetString());
        JsonElement capture = record.GetProperty("capture");
        Assert.True(capture.GetProperty("hasEnd").GetBoolean());
        Assert.InRange(capture.GetProperty("received").GetInt32(), 1, 1499);
        Assert.Equal(1, result.Output.Split("\"slug\"").Length - 1);
    }

    [Fact]
    public async Task A_series_is_found_by_what_the_detector_knew_and_what_a_person_wrote_stays()
    {
        CommandResult done = (await _operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{_port}} --dataset '{dcid}' >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{_port}} --size 256k --rows 2 --columns 3 --user-data '{"dcid": 4711, "sample": "thaumatin"}'
            until [ -s captured ]; do sleep 0.1; done
            hutch search thaumatin --json
            hutch search SIM-0001 --json
            hutch metadata get 4711 --json
            grep 'Set from the header: ' told

            hutch simulate dataset sim --detector tiny --images 3
            hutch ingest sim_master.h5 fresh 2>&1
            hutch search fresh --json
            mkdir folder
            hutch init --name mine --title 'My crystal' --type cryoem/spa folder
            echo '{"wavelength": "about one", "note": [1.50]}' | hutch metadata set mine
            hutch ingest sim_master.h5 mine 2>&1
            hutch search mine --json
            hutch metadata get mine --json
            hutch ingest sim_master.h5 mine 2>again
            not grep 'Taken from' again
            """,
            Ct)).AssertDone();

        string output = done.Output;
        Assert.Equal(2, output.Split("\"title\":\"thaumatin: grid scan, 2 \u00D7 3, 0.9763 \u00C5\",\"type\":\"mx/grid-scan\"").Length - 1);
        Assert.Contains("\"grid\":{\"rows\":2,\"columns\":3}", output, StringComparison.Ordinal);
        Assert.Contains("Set from the header: type mx/rotation, title, ", output, StringComparison.Ordinal);
        Assert.Contains("\"title\":\"simulated tetragonal crystal: rotation, 3 images of 0.1\u00B0, 0.9763 \u00C5\"", output, StringComparison.Ordinal);
        Assert.Contains("\"title\":\"My crystal\",\"type\":\"cryoem/spa\"", output, StringComparison.Ordinal);
        Assert.Contains("The metadata say something else than the header, and stay: wavelength.", output, StringComparison.Ordinal);
        Assert.Contains("\"wavelength\":\"about one\",\"note\":[1.50],", output.Replace(": ", ":", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_detectors_with_one_name_get_a_dataset_each()
    {
        (await _operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --listen tcp://127.0.0.1:{{_port}} --dataset '{dcid}' --json >captured 2>told &
            for detector in 1 2; do
                hutch simulate detector --to tcp://127.0.0.1:{{_port}} --size 256k --frames 10 --rate 10 --user-data '{"dcid": 4711}' &
            done
            until [ "$(wc -l <captured)" = 2 ]; do sleep 0.1; done
            """,
            Ct)).AssertDone();

        JsonElement[] lines = [.. (await File.ReadAllLinesAsync(Path.Combine(_operators.WorkingFolder, "captured"), Ct)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([10, 10], lines.Select(line => line.GetProperty("capture").GetProperty("stored").GetInt32()));
        Assert.All(lines, line => Assert.Equal(0, line.GetProperty("capture").GetProperty("duplicates").GetInt32()));
        string[] names = [.. lines.Select(line => line.GetProperty("dataset").GetString()!).Order(StringComparer.Ordinal)];
        Assert.Equal($"{_operators.Name}/4711", names[0]);
        Assert.StartsWith($"{_operators.Name}/4711-", names[1], StringComparison.Ordinal);
    }

    /// <summary>What the capture said of its series.</summary>
    private async Task<JsonElement> CapturedAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_operators.WorkingFolder, "captured"), Ct)).RootElement.GetProperty("capture");
}
