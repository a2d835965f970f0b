using System.CommandLine.Parsing;
using Hutch.Commands.Audit;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Servers;

internal static class AuditVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup("audit", "Export the audit log.", new ExportVerb(host));

    private sealed class ExportVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "export",
            "Export the audit log, oldest first (auditors and administrators).",
            "hutch audit export --since 2026-11-01 --output audit-2026-11.jsonl",
            "hutch audit export --since 7d --format syslog",
            "hutch audit export --after 81234 --syslog logs.example.org:601")
    {
        private const string Lines = "jsonl";
        private const string Syslog = "syslog";

        private readonly Option<string?> _since = verb.Option<string?>(
            "--since TIME",
            "Only entries since this time, such as 2026-11-20 or 2026-11-20T10:00:00Z, or this age, such as 7d.");
        private readonly Option<string?> _until = verb.Option<string?>("--until TIME", "Only entries before this time or age.");
        private readonly Option<long> _after = verb.Option<long>(
            "--after N", "Only entries after this position, as printed by the last export.");

        private readonly Option<string> _format = verb.Add(new Option<string>("--format")
        {
            Description = "The format: JSON lines, or syslog messages (RFC 5424).",
            DefaultValueFactory = _ => Lines,
        }.AcceptOnlyFromAmong(Lines, Syslog));

        private readonly Option<string?> _output = verb.Option<string?>(
            "--output FILE", "The file to write, readable only by you (default: standard output).");
        private readonly Option<string?> _collector = verb.Option<string?>(
            "--syslog TARGET", "Send syslog messages to HOST:PORT (TCP), or to a socket such as /dev/log.");

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
                    isSyslog ? SyslogLine.Format(line, host) : JsonText.Write(line, HutchJson.Default.AuditInfo), cancellationToken);
                last = line.Sequence;
                count++;
            }

            await sink.CompleteAsync(cancellationToken);
            context.WriteNote(
                $"{Human.Count(count, "entry", "entries")}; "
                + $"continue the next export with --after {last.ToString(CultureInfo.InvariantCulture)}.");
            return ExitCode.Ok;
        }

        private async Task<IAuditSink> OpenAsync(CliContext context, CancellationToken cancellationToken) =>
            context.Value(_collector) is { } collector ? await SocketSink.ConnectAsync(collector, cancellationToken)
            : context.Value(_output) is { } file ? new FileSink(context.FullPath(file))
            : new WriterSink(context.Host.Out);

        protected override void CheckOptions(CommandResult result)
        {
            if (result.GetResult(_output) is { Implicit: false } && result.GetResult(_collector) is { Implicit: false })
            {
                result.AddError("Use either --output or --syslog, not both.");
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
                    $"{option.Name} is {Display.Quote(text)}: "
                    + "use a time such as 2026-11-20 or 2026-11-20T10:00:00Z, or an age such as 7d.").ToException();
        }
    }
}
