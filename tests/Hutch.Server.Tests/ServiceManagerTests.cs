using System.Net.Sockets;
using System.Text;
using Hutch.Testing.Clocks;

namespace Hutch.Server.Tests;

/// <summary>systemd learns when the server is ready, that it lives, and that it stops.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")[..12]);
    private readonly ManualTime _time = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Dictionary<string, string> _environment = [];

    public ServiceManagerTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.ReceiveTimeout = 30_000;
        _environment["NOTIFY_SOCKET"] = _path;
    }

    [Fact]
    public void A_manager_learns_that_the_server_is_ready_and_that_it_stops()
    {
        ServiceManager manager = Find();

        manager.NoteReady();
        manager.NoteStopping();

        Assert.Equal(["READY=1", "STOPPING=1"], [Receive(), Receive()]);
    }

    [Fact]
    public void A_socket_without_a_file_is_reached_by_its_name()
    {
        string name = Guid.NewGuid().ToString("N");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint("\0" + name));
        _environment["NOTIFY_SOCKET"] = "@" + name;

        Find().NoteReady();

        Assert.Equal(7, listener.Available);
    }

    [Fact]
    public async Task Signs_of_life_come_twice_in_the_time_that_the_manager_allows()
    {
        _environment["WATCHDOG_USEC"] = "60000000";
        using var cancellation = new CancellationTokenSource();

        Task watching = Find().WatchAsync(cancellation.Token);
        Assert.Equal("WATCHDOG=1", Receive());
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, _listener.Available);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("WATCHDOG=1", Receive());
        await cancellation.CancelAsync();
        await watching;
    }

    [Theory]
    [InlineData("WATCHDOG_USEC", "no number")]
    [InlineData("WATCHDOG_PID", "1")]
    public async Task No_signs_of_life_are_sent_that_the_manager_does_not_want_of_this_process(string name, string value)
    {
        _environment["WATCHDOG_USEC"] = "60000000";
        _environment[name] = value;

        await Find().WatchAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, _listener.Available);
    }

    [Fact]
    public void A_manager_that_has_gone_does_not_matter()
    {
        _environment["NOTIFY_SOCKET"] = _path + "-gone";
        Find().NoteReady();
        _environment.Clear();
        Find().NoteReady();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private ServiceManager Find() => ServiceManager.Find(_environment.GetValueOrDefault, _time);

    private string Receive()
    {
        byte[] buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, _listener.Receive(buffer));
    }
}
