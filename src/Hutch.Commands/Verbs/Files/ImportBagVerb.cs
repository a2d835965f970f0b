using Hutch.Client.Bags;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Verbs.Files;

/// <summary><c>hutch import-bag</c>: the payload of a BagIt bag becomes a dataset, after all its checksums.</summary>
internal sealed class ImportBagVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "import-bag",
        "Make a dataset of the files of a BagIt bag (RFC 8493). All manifests are checked before the first byte is sent, and the dataset "
        + "is compared with them after it. Links and the addresses in fetch.txt are not followed.",
        "hutch import-bag lysozyme-3 lysozyme",
        "hutch import-bag lysozyme-3 --dry-run")
{
    private const int MaxListed = 20;

    private readonly Argument<string> _folder = verb.Argument<string>("folder", "The folder of the bag, which has bagit.txt in it.");
    private readonly Argument<string?> _name = verb.Argument<string?>(
        "name", "The new dataset's name, or OWNER/NAME (default: from the folder's name).", ArgumentArity.ZeroOrOne);
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "Only check the bag; send nothing.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string folder = context.FullPath(context.Value(_folder)!);
        BagReport report = Check(context, folder, cancellationToken);
        string files = $"{Human.Count(report.Payload.Count, "file")} ({Display.Bytes(report.Bytes)})";
        if (context.Value(_dryRun))
        {
            context.WriteDone($"The bag is complete and valid: {files}.");
            return ExitCode.Ok;
        }

        DatasetInfo dataset = await MakeAsync(
            context, context.Value(_name) ?? InitVerb.SlugOf(Path.GetFileName(folder)), cancellationToken);
        PushOutcome outcome = await PushAsync(context, Path.Combine(folder, "data"), dataset, cancellationToken);
        UnstorableFiles.Report(context, outcome.Unstorable);
        if (!await IsSameAsync(context, dataset, report, cancellationToken))
        {
            return ExitCode.Incomplete;
        }

        context.Print(dataset, HutchJson.Default.DatasetInfo, $"{dataset.Name} ({dataset.Id}) has all files of the bag: {files}.");
        return ExitCode.Ok;
    }

    private static BagReport Check(CliContext context, string folder, CancellationToken ct)
    {
        if (!SmallFile.FolderExists(folder))
        {
            throw (ErrorCode.NotFound with { Advice = "Unpack an archive first." }).With($"There is no folder {Display.Quote(folder)}.")
                .ToException();
        }

        BagReport report = BagCheck.Run(folder, context.Progress, ct);
        context.Progress.Dispose();
        foreach (string note in report.Notes.Concat(report.Problems))
        {
            context.WriteNote(note);
        }

        return report.ProblemCount == 0
            ? report
            : throw (ErrorCode.Unprocessable with { Advice = "Get the bag again from its sender." }).With(
                $"The bag is not complete and valid: {Human.Count(report.ProblemCount, "problem")}. Nothing was sent.").ToException();
    }

    /// <summary>Makes the dataset, or takes an empty one of this name, which an interrupted import left.</summary>
    private static async Task<DatasetInfo> MakeAsync(CliContext context, string name, CancellationToken ct)
    {
        try
        {
            return await context.Server.CreateDatasetAsync(new CreateDataset { Name = name }, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.AlreadyExists)
        {
            DatasetInfo known = await context.ResolveWholeAsync(name, ct);
            if (known.Snapshots > 0 || known.State != DatasetStates.Open)
            {
                throw;
            }

            return known;
        }
    }

    /// <summary>Pushes the payload. The folder is a working directory for the time of the push only: the bag stays as it was.</summary>
    private static async Task<PushOutcome> PushAsync(CliContext context, string payload, DatasetInfo dataset, CancellationToken ct)
    {
        try
        {
            using Workspace workspace = Workspace.Create(payload, WorkspaceConfig.For(context.Server, dataset));
            using var engine = new PushEngine(context.Server, workspace, "Imported from a bag", context.Progress);
            return await engine.RunAsync(ct);
        }
        finally
        {
            context.Progress.Dispose();
            SmallFile.DeleteTree(Path.Combine(payload, Workspace.ControlFolder));
        }
    }

    /// <summary>Compares the files of the dataset with the checked ones: .hutchignore leaves files out, and files change.</summary>
    private static async Task<bool> IsSameAsync(CliContext context, DatasetInfo dataset, BagReport report, CancellationToken ct)
    {
        var expected = new Dictionary<string, BlobHash>(report.Payload, StringComparer.Ordinal);
        using FixedListing<EntryInfo> listing = await context.Server.ListFilesAsync(dataset.Id, null, null, ct);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(ct))
        {
            if (expected.TryGetValue(entry.Path, out BlobHash hash) && entry.Hash == hash)
            {
                expected.Remove(entry.Path);
            }
        }

        foreach (string path in expected.Keys.Order(StringComparer.Ordinal).Take(MaxListed))
        {
            context.WriteNote($"{Display.Quote(path)} of the bag is not in {dataset.Name}, or with other bytes.");
        }

        if (expected.Count > MaxListed)
        {
            context.WriteNote($"So are {Human.Count(expected.Count - MaxListed, "other file")}.");
        }

        return expected.Count == 0;
    }
}
