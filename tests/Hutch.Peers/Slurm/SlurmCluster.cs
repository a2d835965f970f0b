using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace Hutch.Peers.Slurm;

/// <summary>
/// A real Slurm of one node, which pretends to have eight processors. All of it is gone at the end. The commands of Slurm find it by
/// <c>SLURM_CONF</c>.
/// </summary>
public sealed class SlurmCluster : IAsyncDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Enter = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // munged wants folders that others may enter, up to the root.
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-slurm-").FullName;

    private SlurmCluster()
    {
    }

    public string Configuration => Path.Combine(_folder, "etc", "slurm.conf");

    /// <summary>The folder in which the controller keeps its jobs.</summary>
    public string State => Path.Combine(_folder, "state");

    public static async Task<SlurmCluster> StartAsync(CancellationToken ct)
    {
        var cluster = new SlurmCluster();
        try
        {
            await cluster.StartAllAsync(ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of Slurm and returns what it printed.</summary>
    public async Task<string> RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["SLURM_CONF"] = Configuration },
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return output + await errors;
    }

    public async ValueTask DisposeAsync()
    {
        // Jobs end before their node does: they outlive it, too.
        using var most = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await RunAsync("scancel", ["--user", Environment.UserName], most.Token);
            while ((await RunAsync("squeue", ["-h"], most.Token)).Length > 0)
            {
                await Task.Delay(100, most.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Its processes end below.
        }

        foreach (string daemon in new[] { "slurmd", "slurmctld", "munged" })
        {
            string file = Path.Combine(_folder, "run", daemon + ".pid");
            if (File.Exists(file) && int.TryParse(await File.ReadAllTextAsync(file), out int id))
            {
                using Process end = Process.Start("kill", ["-TERM", $"{id}"]);
                await end.WaitForExitAsync();
            }
        }

        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A daemon still writes its state.
        }
    }

    private async Task StartAllAsync(CancellationToken ct)
    {
        File.SetUnixFileMode(_folder, Enter);
        Directory.CreateDirectory(Path.Combine(_folder, "run"), Enter);
        foreach (string name in new[] { "etc", "state", "spool", "log" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, name), Private);
        }

        string host = Dns.GetHostName().Split('.')[0];
        string key = Path.Combine(_folder, "etc", "munge.key");
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(1024), ct);
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        await File.WriteAllTextAsync(Configuration, $"""
            ClusterName=hutchtest
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={LoopbackPort.FindFree()}
            SlurmUser={Environment.UserName}
            SlurmdUser={Environment.UserName}
            AuthType=auth/munge
            AuthInfo=socket={_folder}/run/munge.sock,cred_expire=5
            CredType=cred/munge
            StateSaveLocation={_folder}/state
            SlurmdSpoolDir={_folder}/spool
            SlurmctldPidFile={_folder}/run/slurmctld.pid
            SlurmdPidFile={_folder}/run/slurmd.pid
            SlurmctldLogFile={_folder}/log/slurmctld.log
            SlurmdLogFile={_folder}/log/slurmd.log
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
            NodeName={host} NodeAddr=127.0.0.1 Port={LoopbackPort.FindFree()} CPUs=8 RealMemory=16000 State=UNKNOWN
            PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """, ct);
        await DaemonAsync("munged", [$"--key-file={key}", $"--socket={_folder}/run/munge.sock", $"--pid-file={_folder}/run/munged.pid", $"--log-file={_folder}/log/munged.log", $"--seed-file={_folder}/state/munged.seed", "--num-threads=2"], ct);
        await DaemonAsync("slurmctld", ["-f", Configuration, "-c"], ct);
        await DaemonAsync("slurmd", ["-f", Configuration, "-c", "-N", host], ct);
        while (await RunAsync("sinfo", ["-h", "-o", "%T"], ct) != "idle\n")
        {
            await Task.Delay(50, ct);
        }
    }

    // Each becomes a service of its own, and must not keep a stream of this process.
    private static async Task DaemonAsync(string program, string[] arguments, CancellationToken ct)
    {
        using Process process = Process.Start("sh", ["-c", "exec \"$@\" < /dev/null > /dev/null 2>&1", "sh", program, .. arguments]);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}.");
        }
    }
}
