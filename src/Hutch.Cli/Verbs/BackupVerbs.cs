using System.CommandLine;
using Hutch.Api.Hosting;
using Hutch.Cli.Configuration;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch backup create | verify | restore</c>.</summary>
internal static class BackupVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "backup", "Back a data folder up, check backups, restore one.", new CreateVerb(host), new VerifyVerb(host), new RestoreVerb(host));

    private static Argument<string> FolderArgument(string description) => new("dir") { Description = description };

    private static Option<string?> NameOption() => new("--backup")
    {
        Description = "The name of the backup, which is its time; the newest when it is left out.",
        HelpName = "NAME",
    };

    private sealed class CreateVerb : Verb
    {
        private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

        private readonly ServerOptionSet _server;
        private readonly Argument<string> _folder = FolderArgument("Where backups go: a new or empty folder, or one with earlier backups.");
        private readonly Option<bool> _keys =
            new("--with-keys") { Description = "Take keys and the configuration along. Keep such a backup as you keep a key." };
        private readonly Option<int?> _keep =
            new("--keep") { Description = "How many backups stay in the folder; all when it is left out.", HelpName = "N" };

        internal CreateVerb(CliHost host)
            : base(
                host,
                "create",
                "Make a backup. When a server has the data folder open, it makes it (administrators); else this command does. "
                + "Only new segments are copied, or linked on the same disk.",
                "hutch backup create /backup/hutch",
                "hutch backup create /backup/hutch --data /srv/hutch --with-keys --keep 30")
        {
            Add(_folder);
            _server = new ServerOptionSet(this);
            Add(_keys);
            Add(_keep);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var wanted = new BackupRequest(context.FullPath(context.Value(_folder)!), context.Value(_keys), context.Value(_keep));
            if (wanted.Keep is < 1)
            {
                throw ErrorCode.BadRequest.With("--keep must be at least 1: the backup that is made stays.").ToException();
            }

            ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context), portal: null);
            return BackupHost.IsDataFolder(options.DataFolder) && await TryHereAsync(context, options, wanted, cancellationToken)
                ? ExitCode.Ok
                : await ByServerAsync(context, wanted, cancellationToken);
        }

        /// <summary>False when a server has the folder open.</summary>
        private static async Task<bool> TryHereAsync(CliContext context, ServeOptions options, BackupRequest wanted, CancellationToken ct)
        {
            try
            {
                BackupSummary summary = (await BackupHost.CreateAsync(options, wanted, static _ => { }, ct)).Value;
                context.Print(summary, CliJson.Default.BackupSummary, BackupSchedule.Describe(summary));
                return true;
            }
            catch (DiskLockedException)
            {
                return false;
            }
        }

        private static async Task<int> ByServerAsync(CliContext context, BackupRequest wanted, CancellationToken ct)
        {
            JobInfo job = await context.Server.StartJobAsync(
                new StartJob { Kind = "backup", Folder = wanted.Folder, WithKeys = wanted.WithKeys, Keep = wanted.Keep }, ct);
            while (job.State == "running")
            {
                await Task.Delay(AskEvery, context.Host.Time, ct);
                job = await context.Server.GetJobAsync(job.Id, ct);
            }

            if (job.State == "failed")
            {
                throw ErrorCode.Unprocessable.With(
                    $"The server could not make the backup: {job.Result?.GetString() ?? "no reason was given"}").ToException();
            }

            context.Print(job, HutchJson.Default.JobInfo, job.Result?.GetString() ?? job.State);
            return ExitCode.Ok;
        }
    }

    private sealed class VerifyVerb : Verb
    {
        private readonly Argument<string> _folder = FolderArgument("The folder with the backups.");
        private readonly Option<string?> _name = NameOption();

        internal VerifyVerb(CliHost host)
            : base(
                host,
                "verify",
                "Read every byte of a backup again and compare it with its hash; check the databases.",
                "hutch backup verify /backup/hutch",
                "hutch backup verify /backup/hutch --backup 20261120T030000Z")
        {
            Add(_folder);
            Add(_name);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            (BackupManifest manifest, IReadOnlyList<string> damage) = (await BackupHost.VerifyAsync(
                context.FullPath(context.Value(_folder)!), context.Value(_name), static _ => { }, cancellationToken)).Value;
            string text = damage.Count == 0
                ? $"Backup {manifest.Name} is whole: "
                    + $"{manifest.Files.Count} files, {manifest.Bytes} bytes{(manifest.WithKeys ? ", with keys" : "")}."
                : string.Join('\n', damage.Prepend($"Backup {manifest.Name} cannot be relied upon:"));
            context.Print(
                new BackupVerifyLine(manifest.Name, manifest.Files.Count, manifest.Bytes, damage.Count == 0, damage),
                CliJson.Default.BackupVerifyLine, text);
            return damage.Count == 0 ? ExitCode.Ok : ExitCode.VerificationFailed;
        }
    }

    private sealed class RestoreVerb : Verb
    {
        private readonly Argument<string> _folder = FolderArgument("The folder with the backups.");
        private readonly Option<string?> _name = NameOption();

        private readonly Option<string> _data = new("--data")
        {
            Description = "The data folder to make: new or empty.",
            HelpName = "DIR",
            Required = true,
        };

        internal RestoreVerb(CliHost host)
            : base(
                host,
                "restore",
                "Make a data folder of a backup. "
                + "It is a new incarnation: who was logged in or pushing when the backup was made begins anew.",
                "hutch backup restore /backup/hutch --data /srv/hutch-new")
        {
            Add(_folder);
            Add(_data);
            Add(_name);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string data = context.FullPath(context.Value(_data)!);
            (BackupManifest manifest, Incarnation incarnation) = (await BackupHost.RestoreAsync(
                context.FullPath(context.Value(_folder)!), context.Value(_name), data,
                context.Host.Time, static _ => { }, cancellationToken)).Value;
            context.Print(
                new BackupRestoreLine(manifest.Name, data, incarnation.Id, manifest.Files.Count, manifest.Bytes, manifest.WithKeys),
                CliJson.Default.BackupRestoreLine,
                $"Backup {manifest.Name} is restored: {manifest.Files.Count} files, {manifest.Bytes} bytes. "
                + $"Serve it with: hutch serve --data {data}");
            if (!manifest.WithKeys)
            {
                context.Note(
                    "The backup has no keys: the server makes new ones, so that S3 secrets and a certificate that it made change, "
                    + "and hutch.yaml must be put back by hand.");
            }

            return ExitCode.Ok;
        }
    }
}
