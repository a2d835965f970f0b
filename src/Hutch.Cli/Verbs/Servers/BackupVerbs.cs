using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Servers;
using Hutch.Datasets.Backups;
using Hutch.Server;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Cli.Verbs.Servers;

internal static class BackupVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "backup", "Create, verify, rehearse and restore backups.",
        new CreateVerb(host), new VerifyVerb(host), new RehearseVerb(host), new RestoreVerb(host));

    private static Argument<string> FolderArgument(string description) => new("dir") { Description = description };

    private static Option<string?> NameOption() => new("--backup")
    {
        Description = "The backup's name, such as 20261120T030000Z (default: the newest).",
        HelpName = "NAME",
    };

    private sealed class CreateVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "create",
            "Create a backup; if a server is using the data folder, the server creates it (site admins and administrators). "
            + "Copies only new segments, or links them if they are on the same disk.",
            "hutch backup create /backup/hutch",
            "hutch backup create /backup/hutch --data /srv/hutch --with-keys --keep 30")
    {
        private readonly Argument<string> _folder = verb.Add(FolderArgument("The backup folder: new, empty, or with earlier backups."));
        private readonly ServerOptionSet _server = new(verb);
        private readonly Option<bool> _keys = verb.Option<bool>(
            "--with-keys", "Include keys and the configuration. Protect such a backup as you protect a key.");
        private readonly Option<int?> _keep = verb.Option<int?>(
            "--keep N", "How many backups to keep in the folder (default: all).");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var wanted = new BackupRequest(context.FullPath(context.Value(_folder)!), context.Value(_keys), context.Value(_keep));
            if (wanted.Keep is < 1)
            {
                throw ErrorCode.BadRequest.With("--keep must be at least 1: the new backup is kept.").ToException();
            }

            ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context));
            bool? isPartial = BackupHost.IsDataFolder(options.DataFolder)
                ? await TryLocalAsync(context, options, wanted, cancellationToken)
                : null;
            bool lacks = isPartial ?? await ByServerAsync(context, wanted, cancellationToken);
            if (!wanted.WithKeys)
            {
                context.WriteNote(
                    "It has no keys and no configuration: after a restore, S3 secret keys and the server's own certificate are new. "
                    + "--with-keys includes them.");
            }

            return lacks ? ExitCode.Incomplete : ExitCode.Ok;
        }

        /// <summary>Makes the backup here. Returns true if it lacks something; null when a server has the folder open.</summary>
        private static async Task<bool?> TryLocalAsync(CliContext context, ServeOptions options, BackupRequest wanted, CancellationToken ct)
        {
            try
            {
                BackupSummary summary = (await BackupHost.CreateAsync(options, wanted, static _ => { }, ct)).Value;
                context.Print(summary, FullJson.Default.BackupSummary, BackupTask.Describe(summary));
                return summary.Damage.Count > 0;
            }
            catch (DiskLockedException)
            {
                return null;
            }
        }

        private static async Task<bool> ByServerAsync(CliContext context, BackupRequest wanted, CancellationToken ct)
        {
            JobInfo job = await ServerJob.RunAsync(
                context,
                new StartJob { Kind = "backup", Folder = wanted.Folder, WithKeys = wanted.WithKeys, Keep = wanted.Keep },
                wait: true,
                ErrorCode.Unprocessable,
                ct);
            return job.Result is { } report && report.TryGetProperty("damage", out JsonElement damage) && damage.GetArrayLength() > 0;
        }
    }

    private sealed class VerifyVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "verify",
            "Verify a backup: read every byte, compare it with its hash, and check the databases.",
            "hutch backup verify /backup/hutch",
            "hutch backup verify /backup/hutch --backup 20261120T030000Z")
    {
        private readonly Argument<string> _folder = verb.Add(FolderArgument("The backup folder."));
        private readonly Option<string?> _name = verb.Add(NameOption());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (BackupManifest manifest, IReadOnlyList<string> damage) = (await BackupHost.VerifyAsync(
                context.FullPath(context.Value(_folder)!), context.Value(_name), static _ => { }, cancellationToken)).Value;
            IReadOnlyList<string> lacks = manifest.Gaps;
            string text = damage.Count > 0 ? string.Join('\n', damage.Prepend($"Backup {manifest.Name} is damaged:"))
                : lacks.Count > 0 ? string.Join('\n', lacks.Prepend(
                    $"Backup {manifest.Name} is as it was made, but PARTIAL: the data folder was damaged, and the backup lacks the same."))
                : $"Backup {manifest.Name} is intact: "
                    + $"{manifest.Files.Count} files, {Display.Bytes(manifest.Bytes)}{(manifest.WithKeys ? ", with keys" : "")}.";
            context.Print(
                new BackupVerifyLine(
                    manifest.Name, manifest.Files.Count, manifest.Bytes, damage.Count + lacks.Count == 0, damage, lacks),
                FullJson.Default.BackupVerifyLine, text);
            return damage.Count > 0 ? ExitCode.VerificationFailed : lacks.Count > 0 ? ExitCode.Incomplete : ExitCode.Ok;
        }
    }

    private sealed class RehearseVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "rehearse",
            "Rehearse a restore: restore the backup, open it as a server does, read every dataset, and delete it again.",
            "hutch backup rehearse /backup/hutch",
            "hutch backup rehearse /backup/hutch --scratch /scratch")
    {
        private readonly Argument<string> _folder = verb.Add(FolderArgument("The backup folder."));
        private readonly Option<string?> _name = verb.Add(NameOption());
        private readonly Option<string?> _scratch = verb.Option<string?>(
            "--scratch DIR",
            "A folder with space for the whole backup, in which it is restored (default: the temporary folder).");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string scratch = context.FullPath(context.Value(_scratch) ?? Path.GetTempPath());
            string data = Path.Combine(scratch, $"hutch-rehearsal-{Guid.NewGuid():N}");
            long start = context.Host.Time.GetTimestamp();
            (BackupManifest manifest, StoredBytesReport report) = await RestoreAndReadAsync(context, data, cancellationToken);
            TimeSpan taken = context.Host.Time.GetElapsedTime(start);
            string read = $"read {Human.Count(report.Datasets, "dataset")} with "
                + $"{Human.Count(report.Files, "file")}, {Display.Bytes(report.Bytes)}";
            string text = report.Problems.Count > 0
                ? string.Join('\n', report.Problems.Prepend($"Backup {manifest.Name} was restored, but is not whole ({read}):"))
                : $"Backup {manifest.Name} restores: {read}, all as their hashes say, in {Human.Duration(taken)}. "
                    + "The restored folder was deleted.";
            context.Print(
                new BackupRehearseLine(
                    manifest.Name, report.Datasets, report.Files, report.Bytes, report.Elsewhere, [.. report.Problems], manifest.Gaps),
                FullJson.Default.BackupRehearseLine, text);
            if (report.Elsewhere > 0)
            {
                context.WriteNote(
                    $"Not read: {Human.Count(report.Elsewhere, "dataset")} with temporary bytes, or with bytes at other sites "
                    + "or in a facility's folder.");
            }

            return manifest.Gaps.Count > 0 ? ExitCode.Incomplete
                : report.Problems.Count > 0 ? ExitCode.VerificationFailed
                : ExitCode.Ok;
        }

        private async Task<(BackupManifest Manifest, StoredBytesReport Report)> RestoreAndReadAsync(
            CliContext context, string data, CancellationToken cancellationToken)
        {
            try
            {
                return (await BackupHost.RehearseAsync(
                    context.FullPath(context.Value(_folder)!), context.Value(_name), data, context.Host.Time, cancellationToken)).Value;
            }
            finally
            {
                if (Directory.Exists(data))
                {
                    Directory.Delete(data, recursive: true);
                }
            }
        }
    }

    private sealed class RestoreVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "restore",
            "Restore a backup into a new data folder, or into an empty database and bucket. "
            + "Sessions and pushes that were open at the time of the backup must start again.",
            "hutch backup restore /backup/hutch --data /srv/hutch-new",
            "hutch backup restore /backup/hutch --to /etc/hutch/hutch.yaml --data /var/lib/hutch")
    {
        private readonly Argument<string> _folder = verb.Add(FolderArgument("The backup folder."));
        private readonly Option<string> _data = verb.Required<string>("--data DIR", "The data folder to create: new or empty.");
        private readonly Option<string?> _to = verb.Option<string?>(
            "--to FILE",
            "A configuration whose section 'engine' names an empty database and bucket: restore into them. "
            + "--data is then the folder of their first server.");
        private readonly Option<string?> _name = verb.Add(NameOption());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string folder = context.FullPath(context.Value(_folder)!);
            string data = context.FullPath(context.Value(_data)!);
            (BackupManifest manifest, Incarnation incarnation) = context.Value(_to) is { } file
                ? (await RestoreAsync(context, folder, data, context.FullPath(file), cancellationToken)).Value
                : (await BackupHost.RestoreAsync(
                    folder, context.Value(_name), data, context.Host.Time, static _ => { }, cancellationToken)).Value;
            context.Print(
                new BackupRestoreLine(manifest.Name, data, incarnation.Id, manifest.Files.Count, manifest.Bytes, manifest.WithKeys),
                FullJson.Default.BackupRestoreLine,
                $"Restored backup {manifest.Name}: {manifest.Files.Count} files, {Display.Bytes(manifest.Bytes)}. "
                + $"Serve it with: hutch serve --data {data}");
            if (manifest.Gaps.Count > 0)
            {
                context.WriteNote(string.Join('\n', manifest.Gaps.Prepend(
                    "The backup is PARTIAL, and the restored folder with it: `hutch verify DATASET` names the files that are not whole.")));
            }

            if (!manifest.WithKeys)
            {
                context.WriteNote(
                    "The backup has no keys: the server creates new ones. S3 secret keys and the server's own certificate change, "
                    + "and you must restore hutch.yaml yourself.");
            }

            return manifest.Gaps.Count > 0 ? ExitCode.Incomplete : ExitCode.Ok;
        }

        /// <summary>Restores into the database and the bucket of a configuration.</summary>
        private async Task<Result<(BackupManifest Manifest, Incarnation Incarnation)>> RestoreAsync(
            CliContext context, string folder, string data, string file, CancellationToken cancellationToken)
        {
            (ServeOptions options, ISharedLocation? location) = ServeVerb.ReadPlace(context, file, data);
            return location is null
                ? ErrorCode.BadConfiguration.With(
                    $"{Display.Quote(file)} names no database and bucket: set 'engine.records' and 'engine.objects' there.")
                : await BackupHost.RestoreAsync(folder, context.Value(_name), location, options, static _ => { }, cancellationToken);
        }
    }
}

/// <summary>The output of <c>hutch backup verify --json</c>.</summary>
/// <param name="Lacks">Data that it never had, because the data folder was damaged, one sentence each.</param>
internal sealed record BackupVerifyLine(
    string Backup, int Files, long Bytes, bool Ok, IReadOnlyList<string> Damage, IReadOnlyList<string> Lacks);

/// <summary>The output of <c>hutch backup rehearse --json</c>.</summary>
/// <param name="Elsewhere">Datasets whose bytes are temporary, at other sites or in a facility's folder: they are not read.</param>
/// <param name="Lacks">Data that the backup never had, because the data folder was damaged, one sentence each.</param>
internal sealed record BackupRehearseLine(
    string Backup, int Datasets, long Files, long Bytes, int Elsewhere, IReadOnlyList<string> Problems, IReadOnlyList<string> Lacks);

/// <summary>The output of <c>hutch backup restore --json</c>.</summary>
internal sealed record BackupRestoreLine(string Backup, string Data, string Incarnation, int Files, long Bytes, bool WithKeys);
