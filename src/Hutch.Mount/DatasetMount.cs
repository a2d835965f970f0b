using System.Runtime.Versioning;
using Hutch.Client.Http;
using Hutch.Mount.Contents;
using Hutch.Mount.Mounting;
using Hutch.Mount.Nesting;
using Hutch.Mount.Protocol;
using Hutch.Mount.Trees;

namespace Hutch.Mount;

/// <summary>A mounted dataset: a version, or the head as it changes.</summary>
[SupportedOSPlatform("linux")]
public sealed class DatasetMount(HutchClient client, MountOptions options, TimeProvider time, Action<string> notice)
{
    /// <summary>The time for programs that still read when the mount ends.</summary>
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(2);

    /// <summary>Returns the options of a mount's client, which sends each request once: the mount has retries of its own.</summary>
    public static HutchClientOptions ClientOptions(ServerTrust? trust, Login? login) => new()
    {
        Trust = trust,
        Login = login,
        Retry = new RetryPolicy { MaxAttempts = 1 },
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AnswerTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Mounts, and serves until the folder is unmounted or <paramref name="stop"/> is cancelled, which unmounts it.</summary>
    /// <param name="at">The version; null for the head.</param>
    /// <param name="nested">The datasets inside, which are folders of the mount.</param>
    /// <param name="mounted">Called once programs can read, with the name of the mounted version.</param>
    public async Task RunAsync(
        DatasetInfo dataset, string? at, IReadOnlyList<NestedMount> nested, Action<string> mounted, CancellationToken stop)
    {
        SnapshotInfo? snapshot = await FindVersionAsync(dataset, at, stop);
        string name = snapshot is null ? dataset.Name : $"{dataset.Name}@{snapshot.Number}";
        string folder = await MountPoint.PrepareAsync(options.Folder, notice, stop);
        using CacheFolder cache = CacheFolder.Open(options.CacheFolder, options.CacheBytes, time, notice);
        var retry = new ServerRetry(options.RetryFor, time, notice);
        string? version = snapshot?.Number.ToString(CultureInfo.InvariantCulture);
        var datasets = new MountedDatasets(dataset.Id, version, nested);
        using var source = new BlockSource(client, datasets, retry, time);
        await using var tree = new DatasetTree(client, datasets, retry, cache, time);
        var files = new DatasetFileSystem(
            tree, new BlobReaders(source, cache), TotalsOf(dataset, snapshot, folder), notice + options.Failed);
        using FuserMount mount = await FuserMount.MountAsync(folder, $"hutch:{name}", options.ForAllAccounts, stop);
        Task serving = new FuseSession(mount.Device, files, e => notice($"A request failed: {e.Message}")).RunAsync(CancellationToken.None);
        mounted(name);
        var stopped = new TaskCompletionSource();
        await using (stop.Register(stopped.SetResult))
        {
            if (await Task.WhenAny(serving, stopped.Task) != serving)
            {
                await EndAsync(folder, serving);
            }
        }
    }

    // A closed dataset never changes: its last version has the same files, and lets the kernel cache its reads.
    private async Task<SnapshotInfo?> FindVersionAsync(DatasetInfo dataset, string? at, CancellationToken cancellationToken)
    {
        string? version = at ?? (dataset.State == DatasetStates.Closed && dataset.Snapshots > 0
            ? dataset.Snapshots.ToString(CultureInfo.InvariantCulture)
            : null);
        return version is null ? null : await client.GetSnapshotAsync(dataset.Id, version, cancellationToken);
    }

    private static DatasetFileSystem.Totals TotalsOf(DatasetInfo dataset, SnapshotInfo? snapshot, string folder)
    {
        FileStatus status = SmallFile.Status(folder) ?? throw ErrorCode.NotFound.With($"{Display.Quote(folder)} is gone.").ToException();
        DateTimeOffset created = snapshot?.Time ?? dataset.Created;
        return new DatasetFileSystem.Totals(
            snapshot?.Bytes ?? dataset.Bytes,
            snapshot?.Files ?? dataset.Files,
            (created - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
            FileFacts.CurrentUser,
            status.Group);
    }

    private async Task EndAsync(string folder, Task serving)
    {
        if (await FuserMount.UnmountAsync(folder, whileInUse: false, CancellationToken.None) is not null
            && MountPoint.IsMounted(folder))
        {
            notice($"Programs still use {Display.Quote(folder)}; it is unmounted under them.");
            await FuserMount.UnmountAsync(folder, whileInUse: true, CancellationToken.None);
        }

        // Programs that have files open hold the device open; they get errors once this process has ended.
        await Task.WhenAny(serving, Task.Delay(TimeToEnd, time, CancellationToken.None));
    }
}
