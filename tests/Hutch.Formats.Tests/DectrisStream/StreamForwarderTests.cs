using Hutch.Formats.DectrisStream;

namespace Hutch.Formats.Tests.DectrisStream;

public sealed class StreamForwarderTests : IDisposable
{
    private const int Few = 4;

    private readonly StreamSocket _detector = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;
    private readonly StreamSocket _in;
    private readonly StreamSocket _out = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;
    private readonly StreamSocket _copies = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;
    private readonly StreamForwarder _forwarder;
    private readonly Task _run;

    public StreamForwarderTests()
    {
        _in = StreamSocket.OpenPull(_detector.Endpoint, binds: false, Few).Value;
        _forwarder = new StreamForwarder(_in, _out, _copies);
        _run = Task.Run(_forwarder.Run);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _in.Stop();
        _out.Stop();
        Assert.True(_run.Wait(TimeSpan.FromSeconds(10), CancellationToken.None));
        _detector.Dispose();
        _in.Dispose();
        _out.Dispose();
        _copies.Dispose();
    }

    [Fact]
    public async Task The_writer_gets_everything_when_nobody_reads_copies()
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
        using StreamSocket reader = StreamSocket.OpenPull(_copies.Endpoint, binds: false, Few).Value;

        Task sending = SendAsync(300, bytes: 1 << 20); // more than its sockets can hold

        Assert.Equal(Enumerable.Range(0, 300), await ReadAsync(writer, 300));
        await sending;
        Assert.InRange(_forwarder.Copied, 0, 299);
    }

    [Fact]
    public async Task Both_get_everything_when_both_read()
    {
        using StreamSocket writer = StreamSocket.OpenPull(_out.Endpoint, binds: false, Few).Value;
        using StreamSocket reader = StreamSocket.OpenPull(_copies.Endpoint, binds: false, Few).Value;
        for (int i = 0; i < 50; i++)
        {
            await SendAsync(1, first: i);
            Assert.Equal([i], await ReadAsync(writer, 1));
        }

        // A copy is lost only where its reader was not there yet, or behind.
        List<int> copied = await ReadAsync(reader, (int)_forwarder.Copied);
        Assert.Equal(copied.Order(), copied);
        Assert.NotEmpty(copied);
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
