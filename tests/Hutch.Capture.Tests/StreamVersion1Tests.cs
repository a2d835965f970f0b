using System.Text;
using System.Text.Json.Nodes;
using Hutch.Capture.Tests.Support;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Model;
using Hutch.Simulator;
using Hutch.Testing;

using static Hutch.Capture.Tests.Support.TestMessages;

namespace Hutch.Capture.Tests;

/// <summary>Series of DECTRIS's stream version 1: JSON and several parts.</summary>
public sealed class StreamVersion1Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-capture-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Synthetic => Path.Combine(AppContext.BaseDirectory, "data", "synthetic");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_recorded_series_is_stored_as_in_version_2()
    {
        await using var capture = new CaptureRig(_folder);
        StreamMessage? first = null;
        foreach (string name in Directory.GetFiles(Synthetic, "stream2_*.cbor").Order(StringComparer.Ordinal))
        {
            StreamMessage message = StreamMessageReader.Read(await File.ReadAllBytesAsync(name, Ct)).Value;
            first ??= message;
            capture.Send(StreamVersion1Writer.Write(message));
        }

        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = Assert.Single(capture.Store.Datasets.Values);
        for (int number = 1; number <= 5; number++)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Synthetic, $"chunk_{number:D6}.bslz4"), Ct), sink.Entries[$"{number:D6}"]);
        }

        Assert.Equal((5, 5L, 5L, 0L, true), (record.Announced, record.Received, record.Stored, record.Missing, record.HasEnd));
        JsonNode header = JsonNode.Parse(sink.Entries["header"])!;
        JsonObject sent = ((StartMessage)first!).Fields;
        Assert.Equal((double?)sent["incident_wavelength"], (double?)header["wavelength"]);
        Assert.Equal((double?)sent["beam_center_x"], (double?)header["beam_center_x"]);
        Assert.Equal(1234567, (int?)header["start"]!["user_data"]!["dcid"]);
        Assert.Equal([253, 331], NumpyFile.Read(sink.Entries["header.d/pixel_mask.npy"]).Value.Shape);
        Assert.True(sink.Entries.ContainsKey("header.d/image_times.npy"));
        Assert.Empty(record.Notes);
    }

    [Fact]
    public async Task Images_of_a_foreign_sender_arrive_over_four_sockets_out_of_order_twice_and_with_a_hole()
    {
        await using var capture = new CaptureRig(_folder);
        string script = $$"""
            import json, struct, zmq
            context = zmq.Context(); sockets = [context.socket(zmq.PUSH) for _ in range(4)]
            for socket in sockets: socket.connect("{{capture.Endpoint}}")
            def dump(**part): return json.dumps(part).encode()
            config = dict(nimages=5, ntrigger=2, wavelength=1.25, omega_start=10.0, omega_increment=0.5, x_pixels_in_detector=24, y_pixels_in_detector=16)
            sockets[0].send_multipart([dump(htype="dheader-1.0", series=12, header_detail="basic"), json.dumps(config).encode(), b"crystal 7"])
            for place, frame in enumerate([3, 0, 1, 9, 4, 0, 2, 8, 6, 7]): # 5 is missing, 0 comes twice
                pixels = struct.pack("<384H", *[frame * 1000 + i for i in range(384)])
                sockets[place % 4].send_multipart([
                    dump(htype="dimage-1.0", series=12, frame=frame, hash="d41d8c"), dump(htype="dimage_d-1.0", shape=[24, 16], type="uint16", encoding="<", size=768),
                    pixels, dump(htype="dconfig-1.0", start_time=frame * 10**7, stop_time=frame * 10**7 + 9 * 10**6, real_time=9 * 10**6)])
            for socket in sockets: socket.close(linger=-1)
            context.term()
            """;
        await Python.RunAsync(script);
        await capture.ReceivedAsync(11);
        capture.Send(Encoding.UTF8.GetBytes("""{"htype": "dseries_end-1.0", "series": 12}"""));

        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = Assert.Single(capture.Store.Datasets.Values);
        for (int frame = 0; frame < 10; frame++)
        {
            if (frame != 5)
            {
                byte[] pixels = sink.Entries[$"{frame + 1:D6}"];
                Assert.Equal(Enumerable.Range(0, 384).Select(i => (ushort)((frame * 1000) + i)), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(pixels).ToArray());
            }
        }

        Assert.Equal((10, 9L, 1L), (record.Announced, record.Stored, record.Missing));
        JsonNode header = JsonNode.Parse(sink.Entries["header"])!;
        Assert.Equal((1.25, "crystal 7", 0.5), ((double?)header["wavelength"], (string?)header["start"]!["header_appendix"], (double?)header["start"]!["goniometer"]!["omega"]!["increment"]));
    }

    [Theory]
    [InlineData(FrameCodec.Raw)]
    [InlineData(FrameCodec.Lz4)]
    [InlineData(FrameCodec.BitshuffleLz4)]
    public void An_image_has_the_same_bytes_as_in_version_2(FrameCodec codec)
    {
        byte[] pixels = new byte[Rows * Columns * 2];
        new Random(5).NextBytes(pixels.AsSpan(0, 100)); // the rest is zero, so that it can be packed
        byte[] chunk = new byte[FrameEncoder.MaxEncodedLength(codec, pixels.Length)];
        chunk = chunk[..FrameEncoder.Encode(codec, 2, pixels, chunk)];
        var array = new StreamArray([Rows, Columns], ElementType.UInt16, false, codec, chunk);
        var image = new ImageMessage { SeriesId = 3, ImageId = 7, Channels = [new StreamArrayField("c", "c", array, null)], StartSeconds = 0.123456789 };

        using StreamBuffer message = StreamVersion1.ToVersion2(StreamVersion1Writer.Write(image)).Value;

        var read = Assert.IsType<ImageMessage>(StreamMessageReader.Read(message.Memory).Value);
        Assert.Equal(chunk, read.Channels[0].Array!.Bytes.ToArray());
        Assert.Equal((3L, 7L, codec, 0.123456789), (read.SeriesId, read.ImageId, read.Channels[0].Array!.Codec, read.StartSeconds));
        Assert.Equal(pixels, read.Channels[0].Array!.Decode().Value.Bytes.ToArray());
    }

    [Theory]
    [InlineData("no JSON", "{")]
    [InlineData("JSON object", "{}{}")]
    [InlineData("no htype", "{\"series\": 1}")]
    [InlineData("no series", "{\"htype\": \"dimage-1.0\"}")]
    [InlineData("unknown type 'dother'", "{\"htype\": \"dother-1.0\", \"series\": 1}")]
    [InlineData("should have 4", "{\"htype\": \"dimage-1.0\", \"series\": 1, \"frame\": 0}")]
    [InlineData("has no number", "{\"htype\": \"dimage-1.0\", \"series\": 1, \"frame\": -1}", "{\"shape\": [1, 1], \"type\": \"uint16\"}", "ab", "{}")]
    [InlineData("no shape", "{\"htype\": \"dimage-1.0\", \"series\": 1, \"frame\": 0}", "{\"shape\": [0, 1], \"type\": \"uint16\"}", "ab", "{}")]
    [InlineData("unknown type", "{\"htype\": \"dimage-1.0\", \"series\": 1, \"frame\": 0}", "{\"shape\": [1, 1], \"type\": \"text\"}", "ab", "{}")]
    [InlineData("which is not read", "{\"htype\": \"dimage-1.0\", \"series\": 1, \"frame\": 0}", "{\"shape\": [1, 1], \"type\": \"uint16\", \"encoding\": \"zip\"}", "ab", "{}")]
    [InlineData("are packed as", "{\"htype\": \"dimage-1.0\", \"series\": 1, \"frame\": 0}", "{\"shape\": [1, 1], \"type\": \"uint16\", \"encoding\": \"bs32-lz4<\"}", "ab", "{}")]
    public void A_message_that_lies_is_refused_by_name(string why, params string[] parts)
    {
        StreamBuffer[] sent = [.. parts.Select(static part => StreamBuffer.Copy(Encoding.UTF8.GetBytes(part)))];

        Result<StreamBuffer> read = StreamVersion1.ToVersion2(sent);

        Assert.False(read.IsOk);
        Assert.Contains(why == "no JSON" ? "cannot be read" : why == "JSON object" ? "cannot be read" : why, read.Error.Message, StringComparison.Ordinal);
        Array.ForEach(sent, static part => part.Dispose());
    }
}
