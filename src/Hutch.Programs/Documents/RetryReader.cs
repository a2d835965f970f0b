using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Programs.Documents;

/// <summary>Reads and describes the ends of attempts after which a run is tried again: the section <c>retry</c>.</summary>
public static class RetryReader
{
    private const string ExitCode = "exit-code";
    private const int MaxEnds = 50;
    private const int MostExitCode = 255;
    private const long UsualDelaySeconds = 10;
    private const long UsualMaxDelaySeconds = 3600;
    private const long MostDelaySeconds = 7 * 86_400;

    private static readonly Dictionary<string, AttemptFailure> Kinds = new(StringComparer.Ordinal)
    {
        ["lost"] = AttemptFailure.Lost,
        [ExitCode] = AttemptFailure.ExitCode,
        ["time-limit"] = AttemptFailure.TimeLimit,
        ["missing-file"] = AttemptFailure.MissingFile,
        ["transfer"] = AttemptFailure.Transfer,
        ["memory"] = AttemptFailure.Memory,
        ["disk-limit"] = AttemptFailure.DiskLimit,
        ["no-space"] = AttemptFailure.NoSpace,
    };

    /// <summary>Returns the ends as words: those that a document has.</summary>
    public static IReadOnlyList<string> Describe(TaskRetry retry)
    {
        return
        [
            .. Kinds.Where(kind => retry.After.Contains(kind.Value)).SelectMany(kind =>
                kind.Value == AttemptFailure.ExitCode && retry.ExitCodes.Count > 0
                    ? retry.ExitCodes.Select(static code => string.Create(CultureInfo.InvariantCulture, $"{ExitCode} {code}"))
                    : [kind.Key]),
        ];
    }

    internal static TaskRetry? Read(SectionReader program, List<DocumentProblem> problems)
    {
        if (program.Subsection("retry") is not { } body)
        {
            return null;
        }

        var section = new SectionReader(body, "'retry'", ["after", "delay", "max-delay"], problems);
        (HashSet<AttemptFailure> after, SortedSet<int> codes) = ReadEnds(section);
        long delay = Seconds(section, "delay") ?? UsualDelaySeconds;
        long most = Seconds(section, "max-delay") ?? Math.Max(delay, UsualMaxDelaySeconds);
        if (delay > most)
        {
            section.Reject(section.Find("delay") ?? body, "'delay' of 'retry' must not be longer than its 'max-delay'.");
        }

        if (program.Line("attempts") == "1")
        {
            program.Reject(body, "'attempts: 1' allows no further attempt: leave out 'retry', or allow more attempts.");
        }

        return new TaskRetry([.. after.Order()], delay, most) { ExitCodes = [.. codes] };
    }

    private static (HashSet<AttemptFailure> After, SortedSet<int> Codes) ReadEnds(SectionReader section)
    {
        var after = new HashSet<AttemptFailure>();
        var codes = new SortedSet<int>();
        bool isAnyCode = false;
        IReadOnlyList<string> ends = section.Texts("after", MaxEnds);
        foreach (string end in ends)
        {
            string[] words = end.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [ExitCode, var number]
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code is >= 1 and <= MostExitCode)
            {
                after.Add(AttemptFailure.ExitCode);
                codes.Add(code);
            }
            else if (words is [var word] && Kinds.TryGetValue(word, out AttemptFailure kind))
            {
                after.Add(kind);
                isAnyCode |= kind == AttemptFailure.ExitCode;
            }
            else
            {
                section.Reject(
                    section.Find("after")!,
                    $"{Display.Quote(end)} is no end of an attempt: use {string.Join(", ", Kinds.Keys)}, or one exit code, such as "
                    + $"'{ExitCode} 75'.");
            }
        }

        if (ends.Count == 0)
        {
            section.Reject(
                section.Find("after") ?? section.Section, "'retry' needs 'after', such as 'after: [lost, time-limit, exit-code 75]'.");
        }

        if (isAnyCode)
        {
            codes.Clear();
        }

        return (after, codes);
    }

    private static long? Seconds(SectionReader section, string key)
    {
        if (section.Line(key) is not { } text)
        {
            return null;
        }

        if (Amounts.TryReadSeconds(text) is <= MostDelaySeconds and { } seconds)
        {
            return seconds;
        }

        section.Reject(section.Find(key)!, $"'{key}' of 'retry' must be {Amounts.TimeForm}, of at most 7 d.");
        return null;
    }
}
