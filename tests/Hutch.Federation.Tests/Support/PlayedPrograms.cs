using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Net.Http.Headers;
using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Programs;
using Hutch.Programs.Engines;

namespace Hutch.Federation.Tests.Support;

/// <summary>Programs of a site whose nodes a test plays: it leaves the results that the test wants.</summary>
/// <param name="engine">The name of its engine.</param>
internal sealed class PlayedPrograms(string engine = "local") : IProgramEngine
{
    private readonly ConcurrentQueue<AttemptOrder> _orders = new();
    private readonly SemaphoreSlim _submitted = new(0);
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-programs-").FullName;

    private ProgramOptions? _options;

    public string Name => engine;

    public ProgramOptions Options => _options ??= new ProgramOptions { Folder = _folder };

    /// <summary>Runs whenever the server asks whether this is ready; null for nothing.</summary>
    public Func<Task>? Checked { get; set; }

    /// <summary>How many attempts were submitted.</summary>
    public int Submitted { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Offers a program.</summary>
    public Task WriteAsync(string name, string document) => File.WriteAllTextAsync(Path.Combine(_folder, name + ".yaml"), document, Ct);

    /// <summary>Has programs see another folder of the node.</summary>
    public void See(string folder) => _options = new ProgramOptions { Folder = _folder, ReadOnlyFolders = [folder] };

    /// <summary>Executes the next attempt at a site, and leaves some files. Returns the dataset with them.</summary>
    public async Task<DatasetId> ComputeAsync(SiteServer site, RunInfo run, params (string Path, string Text)[] files)
    {
        (AttemptOrder order, AttemptInfo work, Guid claim) = await ClaimAsync(site, run);
        using HutchClient node = site.With(order.Token);
        PushSession session = await UploadAsync(site, order, work.Output, files);
        await node.CommitAsync(
            session.Id,
            new CommitHeader
            {
                Changes = files.Length,
                Attempt = new FinishAttempt { Claim = claim, State = RunOutcome.Done, Message = "exit code 0" },
            },
            files.Select(static file => ToChange(file.Path, file.Text)),
            Ct);
        return work.Output;
    }

    /// <summary>Does the same for a program with parts: the folder of a file is its part.</summary>
    public async Task<DatasetId> ComputePartsAsync(SiteServer site, RunInfo run, params (string Path, string Text)[] files)
    {
        (AttemptOrder order, AttemptInfo work, Guid claim) = await ClaimAsync(site, run);
        using HutchClient node = site.With(order.Token);
        foreach (IGrouping<string, (string Path, string Text)> part in files.GroupBy(static file => Path.GetDirectoryName(file.Path)!))
        {
            await node.BeginPartAsync(run.Id, new BeginPart { Part = part.Key, Claim = claim, UnlessDone = true }, Ct);
            PushSession session = await UploadAsync(site, order, work.Output, [.. part]);
            var commit = new PartCommit { Run = Guid.Parse(run.Id), Part = part.Key, Claim = claim };
            await node.CommitPartAsync(
                session.Id, new CommitHeader { Changes = part.Count(), Part = commit },
                part.Select(static file => ToChange(Path.GetFileName(file.Path), file.Text)), Ct);
        }

        await node.FinishAttemptAsync(
            run.Id, order.Attempt.Number, new FinishAttempt { Claim = claim, State = RunOutcome.Done, Message = "All parts are done." }, Ct);
        return work.Output;
    }

    private async Task<(AttemptOrder Order, AttemptInfo Work, Guid Claim)> ClaimAsync(SiteServer site, RunInfo run)
    {
        await _submitted.WaitAsync(Ct);
        Assert.True(_orders.TryDequeue(out AttemptOrder? order));
        Assert.Equal(run.Id, order.Attempt.Run.ToString("N"));
        using HutchClient node = site.With(order.Token);
        var claim = Guid.NewGuid();
        AttemptInfo work = await node.ClaimAttemptAsync(run.Id, order.Attempt.Number, new ClaimAttempt { Claim = claim, Node = "node7" }, Ct);
        return (order, work, claim);
    }

    private async Task<PushSession> UploadAsync(
        SiteServer site, AttemptOrder order, DatasetId output, (string Path, string Text)[] files)
    {
        using HutchClient node = site.With(order.Token);
        using var http = new HttpClient { BaseAddress = new Uri(site.Address, "api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", order.Token);
        PushSession session = await node.StartPushAsync(output, new StartPush(), Ct);
        using HttpResponseMessage sent = await http.PostAsync($"sessions/{session.Id}/blobs", Tar(files), Ct);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Ct));
        return session;
    }

    private static CommitChange ToChange(string path, string text) => new()
    {
        Op = "put",
        Path = path,
        Kind = "file",
        Hash = BlobHash.Compute(Encoding.UTF8.GetBytes(text)),
        Size = Encoding.UTF8.GetByteCount(text),
    };

    public async ValueTask<string?> FindProblemAsync(CancellationToken ct)
    {
        await (Checked?.Invoke() ?? Task.CompletedTask);
        return null;
    }

    public bool Takes(TaskLimits limits) => true;

    public ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct)
    {
        Submitted++;
        _orders.Enqueue(order);
        _submitted.Release();
        return new ValueTask<Result<Done>>(Done.Value);
    }

    public ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct) =>
        new(attempts.ToDictionary(static one => one, static _ => new EngineState(EnginePhase.Running)));

    public ValueTask CancelAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>A server that stops and starts again uses it again.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Delete() => Directory.Delete(_folder, recursive: true);

    private static StreamContent Tar((string Path, string Text)[] files)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (byte[] bytes in files.Select(static file => Encoding.UTF8.GetBytes(file.Text)).DistinctBy(static bytes => BlobHash.Compute(bytes)))
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "blobs/" + BlobHash.Compute(bytes)) { DataStream = new MemoryStream(bytes) });
            }
        }

        stream.Position = 0;
        return new StreamContent(stream) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };
    }
}
