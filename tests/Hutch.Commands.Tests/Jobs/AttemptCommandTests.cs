using System.Net;
using System.Net.Sockets;
using System.Text;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Node.Attempts;

namespace Hutch.Commands.Tests.Jobs;

/// <summary>Commands of programs in the real sandbox, without a server.</summary>
public sealed class AttemptCommandTests : IDisposable
{
    private static readonly TaskLimits Usual = new(1, 1L << 30, 60, 64, 1L << 40, 1000, Network: false);

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-attempt-").FullName;

    private readonly TailStream _tail = new(1000);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Log => File.ReadAllText(Path.Combine(_folder, "output", CommandFolder.LogName));

    public AttemptCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "input"));
        Directory.CreateDirectory(Path.Combine(_folder, "inputs"));
        Directory.CreateDirectory(Path.Combine(_folder, "output"));
    }

    public void Dispose()
    {
        _tail.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>C4: neither files in memory nor many processes get past the limit of a run; the machine's use never rises above it.</summary>
    [Theory]
    [InlineData("head -c 1G /dev/zero > /tmp/full; sleep 60")]
    [InlineData("head -c 1G /dev/zero > /dev/shm/full; sleep 60")]
    [InlineData("for i in 1 2 3 4 5 6 7 8; do head -c 128M /dev/zero | tail -c 128M > /dev/null & done; wait; sleep 60")]
    public async Task A_command_that_takes_more_memory_than_it_may_ends_as_memory(string script)
    {
        await RequireGroupsAsync();
        CommandOutcome outcome = await RunAsync(script, Usual with { MemoryBytes = 64 << 20 });

        Assert.Equal((RunOutcome.Failed, AttemptFailure.Memory), (outcome.State, outcome.Failure));
        Assert.Contains("more memory than its program allows", outcome.Message, StringComparison.Ordinal);
    }

    /// <summary>C4: all sandboxes have one account, and its processes were counted together.</summary>
    [Fact]
    public async Task Many_processes_of_one_run_leave_another_one_whole()
    {
        await RequireGroupsAsync();
        using var stop = new CancellationTokenSource();
        using var other = new AttemptCommandTests();
        Task<CommandOutcome> many = other.RunAsync(
            "for i in $(seq 240); do sleep 60 & done; echo started; wait", Usual with { Processes = 250 }, stop: stop.Token);
        await other.PrintsAsync("started");

        CommandOutcome few = await RunAsync("for i in $(seq 100); do sleep 0.1 & done; wait", Usual with { Processes = 110 });
        CommandOutcome tooMany = await RunAsync("for i in $(seq 100); do sleep 5 & done; wait", Usual with { Processes = 50 });
        await stop.CancelAsync();

        Assert.Equal((RunOutcome.Done, RunOutcome.Failed), (few.State, tooMany.State));
        Assert.Contains("It could not start more than 50 processes", tooMany.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
    }

    /// <summary>C4: what a node does not bound is said by each run.</summary>
    [Fact]
    public async Task A_run_names_the_limits_that_its_node_does_not_hold()
    {
        CommandOutcome outcome = await RunAsync("exit 0", Usual, groups: ControlGroups.None);

        Assert.Equal(RunOutcome.Done, outcome.State);
        Assert.Contains("This node does not bound the memory of a run", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("[hutch: this node does not bound the memory of a run", Log, StringComparison.Ordinal);
    }

    /// <summary>C3: one large file, and many small ones.</summary>
    [Theory]
    [InlineData("head -c 3G /dev/zero > big")]
    [InlineData("for i in $(seq 3000); do head -c 100000 /dev/zero > $i; done; sleep 60")]
    public async Task Results_that_become_larger_than_they_may_end_the_command(string script)
    {
        CommandOutcome ofProgram = await RunAsync(script, Usual with { DiskBytes = 20_000_000 });
        CommandOutcome ofQuota = await RunAsync(script, Usual, quota: 20_000_000);

        Assert.Equal((AttemptFailure.DiskLimit, AttemptFailure.DiskLimit), (ofProgram.Failure, ofQuota.Failure));
        Assert.Contains("larger than 20.0 MB, the most of this program", ofProgram.Message, StringComparison.Ordinal);
        Assert.Contains("which the quota of their owner leaves", ofQuota.Message, StringComparison.Ordinal);
    }

    /// <summary>C3: the free bytes of the disk are those of others, from some point on.</summary>
    [Fact]
    public async Task A_command_is_ended_before_it_fills_the_disk_of_others()
    {
        long free = LocalDisk.Instance.Space(_folder).FreeBytes;
        CommandOutcome none = await RunAsync("exit 0", Usual, keepFree: free + (1L << 40));
        CommandOutcome full = await RunAsync("head -c 100G /dev/zero > big", Usual, keepFree: free - (64 << 20));

        Assert.Equal((AttemptFailure.NoSpace, AttemptFailure.NoSpace), (none.Failure, full.Failure));
        Assert.InRange(new FileInfo(Path.Combine(_folder, "output", "big")).Length, 0, 128 << 20);
    }

    /// <summary>C5: a link to the root of the machine made every run fail, and a file of the machine could be a required result.</summary>
    [Fact]
    public async Task Links_in_results_are_not_followed()
    {
        CommandOutcome done = await RunAsync("ln -s / root && ln -s .. up && echo 1 > real", Usual, requires: ["real"]);
        CommandOutcome missing = await RunAsync("ln -s / root && ln -s /etc/passwd passwd", Usual, requires: ["passwd"]);

        Assert.Equal(RunOutcome.Done, done.State);
        Assert.False(new CommandFolder(_folder).HasMoreThan(10));
        Assert.Equal(AttemptFailure.MissingFile, missing.Failure);
    }

    /// <summary>M2: the state of a run said "exit code 1" and nothing else.</summary>
    [Fact]
    public async Task A_failure_has_the_last_line_of_the_errors_and_the_limit_that_was_met()
    {
        CommandOutcome failed = await RunAsync("echo output; echo 'first' >&2; echo 'no axis in scan.h5' >&2; exit 3", Usual);
        CommandOutcome large = await RunAsync("head -c 3M /dev/zero > big", Usual with { OutputBytes = 1 << 20 });

        Assert.Equal("The command ended with exit code 3. The last line of its errors: no axis in scan.h5", failed.Message.Split(" This node")[0]);
        Assert.Contains("larger than 1.05 MB (resources.file-size)", large.Message, StringComparison.Ordinal);
        Assert.Equal(AttemptFailure.ExitCode, large.Failure);
    }

    /// <summary>C11: the first process of the sandbox showed the paths of the server's data folder.</summary>
    [Fact]
    public async Task A_command_sees_no_path_of_its_node()
    {
        await RunAsync("cat /proc/1/cmdline | tr '\\0' ' '; echo; ls /proc/1/cwd /proc/1/root 2>&1 | head -5", Usual);

        Assert.DoesNotContain(_folder, Log, StringComparison.Ordinal);
    }

    /// <summary>C8: a network for a program was the machine's own, with its loopback and the service with the secrets of a cloud.</summary>
    [Fact]
    public async Task A_command_with_a_network_reaches_no_service_of_its_machine()
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        int port = ((IPEndPoint)service.LocalEndpoint).Port;
        string script = $"""
            for host in 127.0.0.1 10.0.2.2; do timeout 5 bash -c "exec 3<>/dev/tcp/$host/{port}" && echo "reached $host"; done
            timeout 5 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80'
            grep -o tap0 /proc/net/dev
            """;

        CommandOutcome outcome = await RunAsync(script, Usual with { Network = true });

        Assert.True(outcome.State == RunOutcome.Done, outcome.Message);
        Assert.DoesNotContain("its network", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("reached", Log, StringComparison.Ordinal);
        Assert.Contains("169.254.169.254/80: Invalid argument", Log, StringComparison.Ordinal); // the kernel's, of a route that is refused
        Assert.Contains("tap0", Log, StringComparison.Ordinal);
        Assert.False(service.Pending());
    }

    /// <summary>C8: where the network of a run cannot be its own, its state and its log say so.</summary>
    [Fact]
    public async Task A_command_with_the_network_of_its_machine_says_so()
    {
        CommandOutcome outcome = await RunAsync("exit 0", Usual with { Network = true }, hasOwnNetwork: false);

        Assert.Equal(RunOutcome.Done, outcome.State);
        Assert.Contains("This node does not bound its network, which is this machine's own with all services on it.", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("[hutch: this node does not bound its network", Log, StringComparison.Ordinal);
    }

    private static async Task RequireGroupsAsync()
    {
        await using ControlGroup? group = ControlGroups.Find().TryMake(1 << 20, 10, TimeProvider.System);
        Assert.True(group is { BoundsMemory: true, BoundsProcesses: true }, "These tests need an account that can make control groups.");
    }

    private async Task PrintsAsync(string text)
    {
        while (!Encoding.UTF8.GetString(_tail.TakeIfNew() ?? []).Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }

    private async Task<CommandOutcome> RunAsync(
        string script, TaskLimits limits, long? quota = null, long keepFree = 0, IReadOnlyList<string>? requires = null,
        ControlGroups? groups = null, bool hasOwnNetwork = true, CancellationToken? stop = null)
    {
        new CommandFolder(_folder).Renew();
        Sandbox sandbox = await new Sandbox(Sandbox.Bubblewrap, [], null).TriedAsync(Ct);
        SandboxFeatures features = sandbox.Features;
        sandbox = sandbox with
        {
            Features = features with { Groups = groups ?? features.Groups, HasOwnNetwork = features.HasOwnNetwork && hasOwnNetwork },
        };
        var work = new AttemptInfo
        {
            Command = ["sh", "-c", script],
            Inputs = [],
            Output = new DatasetId(Guid.NewGuid()),
            Requires = requires ?? [],
            Limits = limits,
        };
        var room = new ScratchSpace(limits.DiskBytes, quota, keepFree);
        var command = new AttemptCommand(
            work, sandbox, (Path.Combine(_folder, "input"), Path.Combine(_folder, "inputs")), null, room, _tail, TimeProvider.System);
        return await command.ExecuteAsync(new CommandFolder(_folder), null, stop ?? Ct);
    }
}
