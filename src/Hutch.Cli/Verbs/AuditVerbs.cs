using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Hutch.Cli.Audit;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch audit export</c>.</summary>
internal static class AuditVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup("audit", "Take the audit along: who did what.", new ExportVerb(host));

    private sealed class ExportVerb : Verb
    {
        private const string Lines = "jsonl";
        private const string Syslog = "syslog";

        private readonly Option<string?> _since = new("--since")
        {
            Description =
                "Only what was done then or later: a time such as 2026-11-20 or 2026-11-20T10:00:00Z, or how long ago, such as 7d.",
            HelpName = "TIME",
        };

        private readonly Option<string?> _until =
            new("--until") { Description = "Only what was done before: a time, or how long ago.", HelpName = "TIME" };

        private readonly Option<long> _after = new("--after")
        {
            Description = "Only lines after this position; the last export said where it ended.",
            HelpName = "N",
        };

        private readonly Option<string> _format = new Option<string>("--format")
        {
            Description = "JSON lines, or messages of syslog (RFC 5424).",
            DefaultValueFactory = _ => Lines,
        }.AcceptOnlyFromAmong(Lines, Syslog);

        private readonly Option<string?> _output =
            new("--output") { Description = "The file to write, readable by its owner only; the output when left out.", HelpName = "FILE" };

        private readonly Option<string?> _collector = new("--syslog")
        {
            Description = "Send messages of syslog to a collector: HOST:PORT for TCP, or the path of a socket such as /dev/log.",
            HelpName = "TARGET",
        };

        internal ExportVerb(CliHost host)
            : base(
                host,
                "export",
                "Write the audit, oldest first (auditors, administrators).",
                "hutch audit export --since 2026-11-01 --output audit-2026-11.jsonl",
                "hutch audit export --since 7d --format syslog",
                "hutch audit export --after 81234 --syslog logs.example.org:601")
        {
            Add(_since);
            Add(_until);
            Add(_after);
            Add(_format);
            Add(_output);
            Add(_collector);
            Validators.Add(RefuseTwoTargets);
        }

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DateTimeOffset? since = ParseTime(context, _since);
            DateTimeOffset? until = ParseTime(context, _until);
            bool isSyslog = context.Value(_collector) is not null || context.Value(_format) == Syslog;
            string host = context.Server.Remote.Host;
            long last = context.Value(_after);
            long count = 0;
            await using IAuditSink sink = await OpenAsync(context, cancellationToken);
            await foreach (AuditInfo line in context.Server.ListAuditAsync(last, since, until, cancellationToken))
            {
                await sink.WriteAsync(
                    isSyslog ? SyslogLine.Format(line, host) : JsonText.Of(line, HutchJson.Default.AuditInfo), cancellationToken);
                last = line.Sequence;
                count++;
            }

            await sink.CompleteAsync(cancellationToken);
            context.Note(
                $"{Human.Count(count, "line", "lines")}; "
                + $"the next export goes on with --after {last.ToString(CultureInfo.InvariantCulture)}.");
            return ExitCode.Ok;
        }

        private async Task<IAuditSink> OpenAsync(CliContext context, CancellationToken cancellationToken) =>
            context.Value(_collector) is { } collector ? await SocketSink.ConnectAsync(collector, cancellationToken)
            : context.Value(_output) is { } file ? new FileSink(LocalDisk.Instance, context.FullPath(file))
            : new WriterSink(context.Host.Out);

        private void RefuseTwoTargets(CommandResult result)
        {
            if (result.GetResult(_output) is { Implicit: false } && result.GetResult(_collector) is { Implicit: false })
            {
                result.AddError("--output writes a file and --syslog sends to a collector: give one of them.");
            }
        }

        private static DateTimeOffset? ParseTime(CliContext context, Option<string?> option)
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (context.Value(option) is not { } text)
            {
                return null;
            }

            if (Durations.TryParse(text, out TimeSpan ago))
            {
                return context.Host.Time.GetUtcNow() - ago;
            }

            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time)
                ? time
                : throw ErrorCode.BadRequest.With(
                    $"{option.Name} is {Display.Quote(text)}; "
                    + "a time such as 2026-11-20 or 2026-11-20T10:00:00Z is needed, or how long ago, such as 7d.").ToException();
        }
    }
}
