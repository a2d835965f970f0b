using Hutch.Client.Http;
using Hutch.Client.Watching;
using Hutch.Commands.Hosting;
using Hutch.Model.Sites;

namespace Hutch.Commands.Verbs.Files;

/// <summary>The options of <c>hutch push</c> for a folder that grows.</summary>
internal sealed class WatchArguments(VerbDeclaration verb)
{
    private static readonly TimeSpan LeastQuiet = TimeSpan.FromSeconds(1);

    private readonly Option<string?> _folder = verb.Option<string?>(
        "--watch FOLDER",
        "Send the files of this folder when they are finished, until interrupted. Removes nothing from the dataset.");
    private readonly Option<string?> _to = verb.Option<string?>(
        "--to DATASET",
        "With --watch: the dataset, which is created if need be. Not needed for a folder that was sent before.");

    private readonly Option<TimeSpan?> _quietFor = verb.Add(new Option<TimeSpan?>("--quiet-for")
    {
        Description = "With --watch: a file is finished after this time without a change (default: 10s).",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    });

    private readonly Option<string?> _finishedWhen = verb.Option<string?>(
        "--finished-when PATTERN",
        "With --watch: send the files of a folder, and of those in it, only when a file has such a name, such as '*.done'.");
    private readonly Option<string?> _limit = verb.Option<string?>(
        "--limit SIZE", "With --watch: send at most so many bytes per second, such as 50M.");
    private readonly Option<bool> _removeSent = verb.Option<bool>(
        "--remove-sent", "With --watch: remove files here once the site has signed that it stores their bytes.");
    private readonly Option<string?> _siteKey = verb.Option<string?>(
        "--site-key KEY",
        "With --remove-sent: the only key that may sign, as `hutch site show` prints it (default: the first that signs).");
    private readonly Option<bool> _installService = verb.Option<bool>(
        "--install-service",
        "With --watch: have the system do this from now on, at each start or login, for the user of this command.");
    private readonly Option<bool> _removeService = verb.Option<bool>(
        "--remove-service", "With --watch: stop the service of this folder and remove it.");

    /// <summary>The folder; null for a usual push.</summary>
    internal Option<string?> Folder => _folder;

    internal Option<string?> To => _to;

    internal Option<bool> InstallService => _installService;

    internal Option<bool> RemoveService => _removeService;

    /// <summary>Throws if an option is there that means nothing without a folder to watch.</summary>
    internal void RefuseWithoutFolder(CliContext context)
    {
        if (context.Value(_to) is not null || context.Value(_quietFor) is not null || context.Value(_finishedWhen) is not null
            || context.Value(_limit) is not null || context.Value(_removeSent) || context.Value(_siteKey) is not null
            || context.Value(_installService) || context.Value(_removeService))
        {
            throw ErrorCode.BadRequest.With(
                "--to, --quiet-for, --finished-when, --limit, --remove-sent, --site-key, --install-service and --remove-service are for "
                + "--watch FOLDER.").ToException();
        }
    }

    internal WatchOptions Read(CliContext context, TimeSpan? every, string? message)
    {
        var defaults = new WatchOptions();
        if (context.Value(_siteKey) is not null && !context.Value(_removeSent))
        {
            throw ErrorCode.BadRequest.With("--site-key is for --remove-sent.").ToException();
        }

        return new WatchOptions
        {
            QuietFor = context.Value(_quietFor) is { } quiet && quiet >= LeastQuiet ? quiet : defaults.QuietFor,
            Every = every ?? defaults.Every,
            FinishedWhen = context.Value(_finishedWhen),
            RemovesSent = context.Value(_removeSent),
            SiteKey = context.Value(_siteKey) is { } key ? SiteKeyText.Parse(key).Value : null,
            Message = message,
        };
    }

    /// <summary>Writes the command line of a service that does the same. It has no token: the service uses the login of its user.</summary>
    internal string[] ToCommandLine(CliContext context, string folder, WatchOptions options, IReadOnlyList<string> exclude)
    {
        List<string> words = ["push", "--watch", folder, "--quiet-for", Seconds(options.QuietFor), "--every", Seconds(options.Every)];
        AddTo(words, _finishedWhen.Name, options.FinishedWhen);
        AddTo(words, _limit.Name, context.Value(_limit));
        AddTo(words, _siteKey.Name, context.Value(_siteKey));
        AddTo(words, "--message", options.Message);
        foreach (string pattern in exclude)
        {
            AddTo(words, "--exclude", pattern);
        }

        return options.RemovesSent ? [.. words, _removeSent.Name] : [.. words];
    }

    private static void AddTo(List<string> words, string option, string? value)
    {
        if (value is not null)
        {
            words.Add($"{option}={value}"); // one word, whatever the value begins with
        }
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalSeconds}s");

    internal RateLimit? ReadLimit(CliContext context)
    {
        if (context.Value(_limit) is not { } text)
        {
            return null;
        }

        long bytes = Sizes.Parse(text).Value;
        return bytes >= RateLimit.MinBytesPerSecond
            ? new RateLimit(bytes, context.Host.Time)
            : throw ErrorCode.BadRequest.With(
                $"--limit is {Display.Bytes(bytes)}; it must be at least {Display.Bytes(RateLimit.MinBytesPerSecond)} per second.")
                .ToException();
    }
}
