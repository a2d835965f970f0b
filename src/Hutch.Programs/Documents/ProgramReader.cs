using System.Text.RegularExpressions;
using Hutch.Model.Ignoring;
using Hutch.Model.Parameters;
using Hutch.Model.Sites;
using Hutch.Programs.Queue;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Programs.Documents;

/// <summary>Reads the document of a program and reports all problems at once, each with line and column.</summary>
public sealed partial class ProgramReader
{
    public const string LocalEngine = "local";
    public const string SlurmEngine = "slurm";

    internal const int UsualAttempts = 3;

    private const int MaxNameCharacters = 60;
    private const int MaxPatterns = 50;
    private const int MaxGroups = 50;
    private const int MaxWords = 1000;
    private const int MaxWordCharacters = 4000;
    private const int MaxAttempts = 10;
    private const int MaxRunning = 10_000;
    private const int MaxPriority = 100;
    private const int MaxUses = 20;
    private const int MaxArguments = 50;
    private const int MaxOutputFiles = 10_000_000;
    private const int MaxCores = 4096;
    private const int MaxParallel = 64;
    private const int MaxCount = 100_000;
    private const long UsualMemoryBytes = 2L << 30;
    private const long UsualSeconds = 3600;
    private const long UsualNodeSeconds = 86_400;
    private const long UsualOutputBytes = 1L << 40;
    private const int UsualOutputFiles = 100_000;
    private const int UsualProcesses = 256;
    private const string ByHand = "by hand";
    private const string OnClose = "closed";
    private const string Everyone = "everyone";
    private const string Copy = "copy";
    private const string Mount = "mount";

    private static readonly string[] ProgramKeys =
    [
        "title", "description", "version", "accepts", "inputs", "command", "parameters", "resources", "requires", "output", "start", "when",
        "engine", "arguments", "attempts", "retry", "running", "priority", "uses", "rerun", "each", "image",
        "stage", "site",
    ];

    private readonly List<DocumentProblem> _problems = [];

    private ProgramReader()
    {
    }

    /// <summary>Reads a document. It never throws, even for arbitrary bytes.</summary>
    /// <param name="file">The name of the file, without folder; the program is named after it.</param>
    /// <param name="problems">The problems; empty when a document is returned.</param>
    /// <returns>The program; null when the document has problems.</returns>
    public static ProgramDocument? Read(string file, ReadOnlySpan<byte> bytes, out IReadOnlyList<TypeProblem> problems)
    {
        var reader = new ProgramReader();
        ProgramDocument? document = null;
        if (YamlReader.Read(bytes, YamlLimits.Written).TryGet(out YamlMap? root, out HutchError? refusal))
        {
            document = reader.ReadProgram(file, root, Encoding.UTF8.GetString(bytes));
        }
        else
        {
            reader._problems.Add(DocumentProblem.From(refusal));
        }

        problems = [.. reader._problems.Select(found => new TypeProblem(file, found.Line, found.Column, found.Message))];
        return problems.Count == 0 ? document : null;
    }

    /// <summary>Returns true for a name that an engine can have; the server's configuration says which engines it has.</summary>
    internal static bool IsEngineName(string name) => IsName(name);

    // Programs and engines have names of one form.
    private static bool IsName(string name) => name.Length <= MaxNameCharacters && ProgramName().IsMatch(name);

    private ProgramDocument ReadProgram(string file, YamlMap root, string source)
    {
        var section = new SectionReader(root, "a program", ProgramKeys, _problems);
        string name = Path.GetFileNameWithoutExtension(file);
        if (!IsName(name))
        {
            section.Reject(
                root,
                $"the program is named after its file, and {Display.Quote(name)} is no name: use lowercase words with hyphens, such as "
                + "'reconstruct.yaml'.");
        }

        IReadOnlyList<ParameterDeclaration> parameters = new ParameterReader(section, _problems).Read();
        IReadOnlyList<NamedInput> inputs = NamedInputReader.Read(section, _problems);
        (string? each, int? parallel, long? nodeSeconds) = ReadEach(section);
        CommandTemplate command = ReadCommand(section, parameters, inputs, each is not null);
        string engine = section.Line("engine") ?? LocalEngine;
        if (!IsEngineName(engine))
        {
            section.Reject(
                section.Find("engine")!,
                $"{Display.Quote(engine)} is no engine: use '{LocalEngine}', '{SlurmEngine}' or a name of 'programs.engines'.");
        }

        TaskLimits limits = ReadLimits(section);
        if (limits.Cores * (parallel ?? 1) > MaxCores)
        {
            section.Reject(section.Find("each")!, $"'parallel' commands of {limits.Cores} cores need more than {MaxCores} cores.");
        }

        ProgramInputs accepts = ReadAccepts(section);
        IReadOnlyList<string> required = section.Texts("requires", MaxPatterns);
        RequirePatterns(section, "requires", required);
        return new ProgramDocument
        {
            Name = name,
            Title = Required(section, "title", "title: Reconstruction of a volume") ?? name,
            Description = section.Text("description"),
            Version = Required(section, "version", "version: \"1.2\"") ?? "",
            Accepts = accepts,
            Inputs = inputs,
            Image = ReadImage(section),
            Mounts = ReadMounts(section, each),
            Command = command,
            Parameters = parameters,
            Limits = limits,
            Requires = required,
            Each = each,
            Parallel = parallel,
            NodeSeconds = each is null ? null : Math.Max(nodeSeconds ?? UsualNodeSeconds, limits.Seconds),
            Output = ReadOutput(section),
            When = ReadRule(section, accepts),
            Comparison = ComparisonReader.Read(section, _problems) with { Each = each },
            Groups = ReadGroups(section),
            Engine = engine,
            Site = ReadSite(section),
            Attempts = WholeNumber(section, "attempts", 1, MaxAttempts) ?? UsualAttempts,
            Retry = RetryReader.Read(section, _problems),
            Share = ReadShare(section),
            Arguments = ReadArguments(section, engine),
            File = file,
            Source = source,
        };
    }

    private static ProgramShare ReadShare(SectionReader program)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((YamlScalar key, YamlValue value) in program.Subsection("uses")?.Entries ?? [])
        {
            if (!IsName(key.Text) || uses.Count == MaxUses)
            {
                program.Reject(
                    key, $"{Display.Quote(key.Text)} is no name of a counted resource: use up to {MaxUses} lowercase words with hyphens.");
            }
            else if (value is YamlScalar { Text: var text } && ReadWhole(text, 1, MaxRunning) is { } number)
            {
                uses[key.Text] = number;
            }
            else
            {
                program.Reject(value, $"{Display.Quote(key.Text)} in 'uses' must be a whole number from 1 to {MaxRunning}.");
            }
        }

        return new ProgramShare
        {
            Running = WholeNumber(program, "running", 1, MaxRunning),
            Priority = WholeNumber(program, "priority", 0, MaxPriority) ?? 0,
            Uses = uses,
        };
    }

    private static IReadOnlyList<string> ReadArguments(SectionReader program, string engine)
    {
        IReadOnlyList<string> words = program.Texts("arguments", MaxArguments);
        if (words.Count > 0 && (engine == LocalEngine || words.Any(static word => word.Any(char.IsControl))))
        {
            program.Reject(
                program.Find("arguments")!,
                engine == LocalEngine ? $"'arguments' are for a batch system: the engine '{LocalEngine}' has no use for them."
                    : "a word of 'arguments' has a control character.");
        }

        return words;
    }

    private (string? Files, int? Parallel, long? Seconds) ReadEach(SectionReader program)
    {
        if (program.Find("each") is not YamlMap body)
        {
            string? pattern = program.Line("each");
            RequirePatterns(program, "each", pattern is null ? [] : [pattern]);
            return (pattern, null, null);
        }

        var section = new SectionReader(body, "'each'", ["files", "parallel", "time"], _problems);
        string files = Required(section, "files", "files: \"*.mrc\"") ?? "";
        RequirePatterns(section, "files", [files]);
        return (
            files, WholeNumber(section, "parallel", 1, MaxParallel), Amount(section, "time", Amounts.TryReadSeconds, Amounts.TimeForm));
    }

    private static CommandTemplate ReadCommand(
        SectionReader section, IReadOnlyList<ParameterDeclaration> parameters, IReadOnlyList<NamedInput> inputs, bool isForEach)
    {
        var parts = new List<IReadOnlyList<string>>();
        YamlValue? node = section.Find("command");
        if (node is not YamlList list)
        {
            section.Reject(
                node ?? section.Section,
                "'command' must be a list of words, such as [reconstruct, \"{input}\", \"{output}/volume.h5\"]: no shell reads them.");
            return new CommandTemplate(parts);
        }

        foreach (YamlValue item in list.Items)
        {
            IReadOnlyList<YamlValue> words = item is YamlList part ? part.Items : [item];
            if (words.Count == 0 || words.Any(static word => word is not YamlScalar { Text.Length: <= MaxWordCharacters }))
            {
                section.Reject(
                    item, $"an item of 'command' must be a word, or a list of words, of at most {MaxWordCharacters} characters.");
                return new CommandTemplate([]);
            }

            parts.Add([.. words.Select(static word => ((YamlScalar)word).Text)]);
        }

        var command = new CommandTemplate(parts) { IsForEach = isForEach };
        string? problem = parts.Sum(static part => part.Count) > MaxWords ? $"the command has more than {MaxWords} words."
            : command.FindProblem(parameters, inputs);
        if (problem is not null)
        {
            section.Reject(node, problem);
        }

        return command;
    }

    // With its owner: without one, the name would mean another dataset for each user.
    private static DatasetRef? ReadImage(SectionReader section)
    {
        if (section.Line("image") is not { } text)
        {
            return null;
        }

        if (DatasetRef.Parse(text).TryGet(out DatasetRef image, out _) && (image.Owner is not null || image.Id is not null))
        {
            return image;
        }

        section.Reject(
            section.Find("image")!,
            $"{Display.Quote(text)} is no dataset: name one with its owner, such as 'ops/tomopy', and perhaps a version, 'ops/tomopy@3'.");
        return null;
    }

    private static bool ReadMounts(SectionReader section, string? each)
    {
        string way = section.Line("stage") ?? Copy;
        if (way is not (Copy or Mount))
        {
            section.Reject(section.Find("stage")!, $"'stage' must be '{Copy}' or '{Mount}', not {Display.Quote(way)}.");
        }
        else if (way == Mount && each is not null)
        {
            section.Reject(section.Find("stage")!, $"a program with 'each' copies the files of its parts: leave out 'stage: {Mount}'.");
        }

        return way == Mount;
    }

    private static string? ReadSite(SectionReader section)
    {
        string? site = section.Line("site");
        if (site is not null && SiteName.Parse(site).Error is { } refusal)
        {
            section.Reject(section.Find("site")!, $"{refusal.Message.TrimEnd('.')}, or '{ProgramDocument.AutoSite}'.");
        }

        return site;
    }

    private ProgramInputs ReadAccepts(SectionReader program)
    {
        if (program.Subsection("accepts") is not { } body)
        {
            return new ProgramInputs();
        }

        var section = new SectionReader(body, "'accepts'", ["types", "files", "state"], _problems);
        string state = section.Line("state") ?? "any";
        if (state is not ("open" or "closed" or "any"))
        {
            section.Reject(section.Find("state")!, "'state' of 'accepts' must be open, closed or any.");
        }

        IReadOnlyList<string> types = section.Texts("types", MaxPatterns);
        foreach (string type in types.Where(static type => !TypeReader.IsTypeName(type)))
        {
            section.Reject(section.Find("types")!, $"{Display.Quote(type)} is no name of a type, such as 'mx/rotation'.");
        }

        IReadOnlyList<string> files = section.Texts("files", MaxPatterns);
        RequirePatterns(section, "files", files);
        return new ProgramInputs
        {
            Types = types,
            Files = files,
            Closed = state == "any" ? null : state == "closed",
        };
    }

    private ProgramOutput ReadOutput(SectionReader program)
    {
        if (program.Subsection("output") is not { } body)
        {
            return new ProgramOutput();
        }

        var section = new SectionReader(body, "'output'", ["type", "name", "title", "close"], _problems);
        string type = section.Line("type") ?? TypeNames.Top;
        if (!TypeReader.IsTypeName(type))
        {
            section.Reject(section.Find("type")!, $"{Display.Quote(type)} is no name of a type, such as 'table'.");
        }

        return new ProgramOutput
        {
            Type = type,
            Name = section.Line("name"),
            Title = section.Line("title"),
            Close = section.Flag("close"),
        };
    }

    private TaskLimits ReadLimits(SectionReader program)
    {
        SectionReader? section = program.Subsection("resources") is { } body
            ? new SectionReader(body, "'resources'", ["cores", "memory", "time", "processes", "disk", "file-size", "files", "network"],
                _problems)
            : null;
        return new TaskLimits(
            Cores: section is null ? 1 : WholeNumber(section, "cores", 1, MaxCores) ?? 1,
            MemoryBytes: Amount(section, "memory", Amounts.TryReadBytes, Amounts.SizeForm) ?? UsualMemoryBytes,
            Seconds: Amount(section, "time", Amounts.TryReadSeconds, Amounts.TimeForm) ?? UsualSeconds,
            Processes: section is null ? UsualProcesses : WholeNumber(section, "processes", 1, 100_000) ?? UsualProcesses,
            OutputBytes: Amount(section, "file-size", Amounts.TryReadBytes, Amounts.SizeForm) ?? UsualOutputBytes,
            OutputFiles: section is null ? UsualOutputFiles : WholeNumber(section, "files", 1, MaxOutputFiles) ?? UsualOutputFiles,
            Network: section?.Flag("network") ?? false)
        {
            DiskBytes = Amount(section, "disk", Amounts.TryReadBytes, Amounts.SizeForm),
        };
    }

    private IReadOnlyList<string> ReadGroups(SectionReader program)
    {
        switch (program.Find("start"))
        {
            case null or YamlScalar { Text: Everyone }:
                return [];
            case YamlMap body:
                var section = new SectionReader(body, "'start'", ["groups"], _problems);
                IReadOnlyList<string> groups = section.Texts("groups", MaxGroups);
                if (groups.Count == 0)
                {
                    section.Reject(body, "'start' names no group: write 'start: {groups: [tomography]}' or 'start: everyone'.");
                }

                return groups;
            case { } node:
                program.Reject(node, "'start' must be 'everyone', or groups: {groups: [tomography]}.");
                return [];
        }
    }

    private ProgramRule? ReadRule(SectionReader program, ProgramInputs accepts)
    {
        ProgramRule? rule;
        switch (program.Find("when"))
        {
            case null or YamlScalar { Text: ByHand }:
                return null;
            case YamlScalar { Text: OnClose }:
                rule = ProgramRule.OnClose;
                break;
            case YamlMap body:
                rule = ReadRule(new SectionReader(body, "'when'", ["files", "count", "after"], _problems));
                break;
            case { } node:
                program.Reject(
                    node,
                    $"'when' must be '{ByHand}', '{OnClose}', files that have come: {{files: \"*.mrc\", count: 100}}, or the results of "
                    + "another program: {after: reconstruct}.");
                return null;
        }

        bool isOfClose = rule.IsOnClose;
        if (accepts.Closed == !isOfClose)
        {
            program.Reject(
                program.Find("when")!,
                $"'when' is for {(isOfClose ? "closed" : "open")} datasets, but 'accepts' takes {(isOfClose ? "open" : "closed")} ones.");
        }

        return rule;
    }

    private static ProgramRule ReadRule(SectionReader section)
    {
        if (section.Line("after") is { } name)
        {
            if (!IsName(name) || section.Find("files") is not null || section.Find("count") is not null)
            {
                section.Reject(
                    section.Find("after")!, "'after' must be the name of a program, such as 'reconstruct', without 'files' and 'count'.");
            }

            return ProgramRule.AfterProgram(name);
        }

        string pattern = Required(section, "files", "files: \"*.mrc\"") ?? "";
        RequirePatterns(section, "files", [pattern]);
        return new ProgramRule(pattern, WholeNumber(section, "count", 1, MaxCount) ?? 1);
    }

    private static void RequirePatterns(SectionReader section, string key, IReadOnlyList<string> patterns)
    {
        if (IgnoreList.Parse(patterns).Malformed is [var malformed, ..])
        {
            section.Reject(
                section.Find(key)!, $"{Display.Quote(malformed)} is no pattern, because of a '[' or '\\' without its end.");
        }
    }

    private static string? Required(SectionReader section, string key, string example)
    {
        string? text = section.Line(key);
        if (string.IsNullOrEmpty(text))
        {
            section.Reject(section.Find(key) ?? section.Section, $"the program has no {key}: add a line such as '{example}'.");
        }

        return text;
    }

    private static int? WholeNumber(SectionReader section, string key, int least, int most)
    {
        if (section.Line(key) is not { } text)
        {
            return null;
        }

        if (ReadWhole(text, least, most) is { } number)
        {
            return number;
        }

        section.Reject(section.Find(key)!, $"'{key}' must be a whole number from {least} to {most}.");
        return null;
    }

    private static int? ReadWhole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : null;

    private static long? Amount(SectionReader? section, string key, Func<string, long?> read, string form)
    {
        if (section?.Line(key) is not { } text)
        {
            return null;
        }

        long? amount = read(text);
        if (amount is null)
        {
            section.Reject(section.Find(key)!, $"'{key}' must be {form}.");
        }

        return amount;
    }

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ProgramName();
}
