using Hutch.Detectors.DectrisStream;

namespace Hutch.Detectors.Tests.DectrisStream;

public sealed class StreamForwarderTests : IDisposable
{
    private const int Few = 4;

    private readonly StreamSocket _detector = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;
    private readonly StreamSocket _in;
    private readonly StreamSocket _out = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;
    private readonly StreamSocket _reader = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;
    private readonly StreamCopies _copies = new(Few);
    private readonly StreamForwarder _forwarder;
    private readonly Task _forwarding;
    private readonly Task _copying;

    public StreamForwarderTests()
    {
        _in = StreamSocket.OpenPull(_detector.Endpoint, binds: false, Few).Value;
        _forwarder = new StreamForwarder(_in, _out, _reader, _copies);
        _forwarding = Task.Run(_forwarder.Forward);
        _copying = Task.Run(_forwarder.Copy);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _in.Stop();
        _out.Stop();
        _reader.Stop();
        Assert.True(Task.WaitAll([_forwarding, _copying], TimeSpan.FromSeconds(10)));
        _detector.Dispose();
        _in.Dispose();
        _out.Dispose();
        _reader.Dispose();
        _copies.Dispose();
    }

    [Fact]
    public async Task The_writer_gets_all_messages_even_without_a_reader_of_the_copies()
    {
        using StreamSocket writer = StreamSocket.OpenPull(_out.Endpoint, binds: false, Few).Value;

        Task sending = SendAsync(2000);

        Assert.Equal(Enumerable.Range(0, 2000), await ReadAsync(writer, 2000));
        await sending;
        Assert.Equal(0, _forwarder.Copied);
    }

    [Fact]
    public async Task A_reader_of_copies_that_hangs_costs_the_writer_nothing()
    {
        using StreamSocket writer = StreamSocket.OpenPull(_out.Endpoint, binds: false, Few).Value;
        using StreamSocket reader = StreamSocket.OpenPull(_reader.Endpoint, binds: false, Few).Value;

        Task sending = SendAsync(300, bytes: 1 << 20); // more than its sockets can hold

        Assert.Equal(Enumerable.Range(0, 300), await ReadAsync(writer, 300));
        await sending;
        Assert.InRange(_forwarder.Copied, 0, 299);
    }

    [Fact]
    public async Task Both_get_everything_when_both_read()
    {
        using StreamSocket writer = StreamSocket.OpenPull(_out.Endpoint, binds: false, Few).Value;
        using StreamSocket reader = StreamSocket.OpenPull(_reader.Endpoint, binds: false, Few).Value;
        for (int i = 0; i < 50; i++)
        {
            await SendAsync(1, first: i);
            Assert.Equal([i], await ReadAsync(writer, 1));
            Assert.Equal([i], await ReadAsync(reader, 1));
        }

        Assert.Equal(0, _copies.Dropped);
    }

    [Fact]
    public async Task A_reader_that_was_away_for_three_series_gets_the_start_and_the_end_of_each()
    {
        using StreamSocket writer = StreamSocket.OpenPull(_out.Endpoint, binds: false, Few).Value;
        for (int number = 1; number <= 3; number++)
        {
            var series = new StreamSeriesName(number, $"series {number}");
            byte[][] messages =
            [
                StreamMessageWriter.Start(series, [], []),
                .. Enumerable.Range(0, 20).Select(image => StreamMessageWriter.Image(series, new ImageMessage { ImageId = image, Channels = [] })),
                StreamMessageWriter.End(series),
            ];
            foreach (byte[] message in messages)
            {
                Assert.True(_detector.Send(Buffer(message)));
                using StreamBuffer written = writer.Receive()!;
                Assert.Equal(message, written.GetSpan().ToArray());
            }
        }

        using StreamSocket reader = StreamSocket.OpenPull(_reader.Endpoint, binds: false, Few).Value;
        List<StreamMessage> read = await Task.Run(
            () =>
            {
                var all = new List<StreamMessage>();
                while (all.Count(message => message is EndMessage) < 3)
                {
                    using StreamBuffer message = reader.Receive()!;
                    all.Add(StreamMessageReader.Read(message.Memory).Value);
                }

                return all;
            },
            Ct);

        Assert.Equal(
            Enumerable.Range(1, 3).SelectMany(number => new[] { $"StartMessage series {number}", $"CopiesMessage series {number}", $"EndMessage series {number}" }),
            read.Where(message => message is not ImageMessage).Select(message => $"{message.GetType().Name} {message.Series}"));
        Assert.Equal(60, read.Count(message => message is ImageMessage) + read.OfType<CopiesMessage>().Sum(message => message.Dropped));
    }

    private static StreamBuffer Buffer(byte[] message)
    {
        var buffer = new StreamBuffer(message.Length);
        message.CopyTo(buffer.GetSpan());
        return buffer;
    }

    private Task SendAsync(int messages, int bytes = sizeof(int), int first = 0) => Task.Run(
        () =>
        {
            for (int i = 0; i < messages; i++)
            {
                var message = new StreamBuffer(bytes);
                BitConverter.TryWriteBytes(message.GetSpan(), first + i);
                Assert.True(_detector.Send(message));
            }
        },
        Ct);

    private static Task<List<int>> ReadAsync(StreamSocket socket, int messages) => Task.Run(
        () =>
        {
            var numbers = new List<int>();
            for (int i = 0; i < messages; i++)
            {
                using StreamBuffer message = socket.Receive()!;
                numbers.Add(BitConverter.ToInt32(message.GetSpan()));
            }

            return numbers;
        },
        Ct);
}
