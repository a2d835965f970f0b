using Hutch.Commands.Hosting;

namespace Hutch.Cli.Configuration;

/// <summary>
/// The settings of <c>hutch.service</c> on this machine, read as systemd reads them: its unit, the drop-ins, and the files of variables
/// that they name.
/// </summary>
internal sealed class ServiceUnit
{
    internal const string Name = "hutch.service";

    internal const string HowToRun = "Run the command as the user of the server: put `sudo -u hutch` before it.";

    private const string DataVariable = "HUTCH_SERVER__DATA";

    // The first unit counts, and drop-ins with the name of an earlier one do not.
    private static readonly string[] Folders =
        ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

    private readonly string _root;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private readonly List<string> _unread = [];

    private ServiceUnit(string root) => _root = root;

    /// <summary>The data folder of the service; null if the unit names none.</summary>
    internal string? DataFolder => _variables.GetValueOrDefault(DataVariable);

    /// <summary>The configuration file of the service; null if the unit names none.</summary>
    internal string? ConfigurationFile => _variables.GetValueOrDefault(ConfigurationReader.FileVariable);

    /// <summary>The number of open files that the unit asks for; null if it asks for none.</summary>
    internal long? MaxOpenFiles { get; private set; }

    /// <summary>Files of the service that the current user may not read.</summary>
    internal IReadOnlyList<string> Unread => _unread;

    /// <summary>Reads the unit below a root folder. Returns null if it is not installed.</summary>
    internal static ServiceUnit? Find(string root)
    {
        if (Folders.Select(folder => Path.Combine(root, folder, Name)).FirstOrDefault(File.Exists) is not { } file)
        {
            return null;
        }

        var unit = new ServiceUnit(root);
        foreach (string part in DropIns(root).Prepend(file))
        {
            unit.ReadUnit(part);
        }

        foreach (string variables in unit._files.Where(File.Exists))
        {
            foreach (string line in unit.Lines(variables))
            {
                unit.Assign(line);
            }
        }

        return unit;
    }

    /// <summary>
    /// Returns true if a command looks at the service: it names no other data folder or file, and the person has no data folder.
    /// </summary>
    /// <param name="file">The configuration file that the command names; null for none.</param>
    internal bool IsMeant(CliHost host, string? file) =>
        DataFolder is not null && host.Environment(DataVariable) is not { Length: > 0 }
        && (file is null
            ? !File.Exists(Path.Combine(ConfigurationReader.DefaultFolder(host.Environment), DataVersion.FileName))
            : file == ConfigurationFile);

    /// <summary>Gives a command the variables of the service. Options among those of the command do not count.</summary>
    internal CliHost Apply(CliHost host) => host with
    {
        Environment = name => _variables.GetValueOrDefault(name) ?? host.Environment(name),
        EnvironmentNames = [.. _variables.Keys],
    };

    private static IEnumerable<string> DropIns(string root) =>
        Folders.Select(folder => Path.Combine(root, folder, Name + ".d"))
            .Where(Directory.Exists)
            .SelectMany(static folder => Directory.GetFiles(folder, "*.conf"))
            .DistinctBy(static path => Path.GetFileName(path))
            .OrderBy(static path => Path.GetFileName(path), StringComparer.Ordinal);

    private void ReadUnit(string path)
    {
        bool isService = false;
        foreach (string line in Lines(path))
        {
            if (line[0] == '[')
            {
                isService = line == "[Service]";
            }
            else if (isService && line.Split('=', 2) is [var key, var value])
            {
                Set(key.TrimEnd(), value.TrimStart());
            }
        }
    }

    private void Set(string key, string value)
    {
        switch (key)
        {
            case "Environment" when value.Length == 0:
                _variables.Clear();
                break;
            case "Environment":
                foreach (string word in Words(value))
                {
                    Assign(word);
                }

                break;
            case "EnvironmentFile" when value.Length == 0:
                _files.Clear();
                break;
            case "EnvironmentFile":
                _files.Add(Path.Combine(_root, value.TrimStart('-').TrimStart('/')));
                break;
            case "LimitNOFILE":
                string hard = value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..];
                MaxOpenFiles = long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
                break;
        }
    }

    private void Assign(string text)
    {
        if (text.Split('=', 2) is [var name, var value])
        {
            bool isQuoted = value.Trim() is [('"' or '\'') and var first, .., var last] && first == last;
            _variables[name.Trim()] = isQuoted ? value.Trim()[1..^1] : value.Trim();
        }
    }

    /// <summary>The lines that are not empty and no comments. One that ends with a backslash continues in the next.</summary>
    private IEnumerable<string> Lines(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(LocalDisk.Instance.ReadAllBytes(path, YamlLayer.MaxFileBytes))
                .Replace("\\\n", " ", StringComparison.Ordinal)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(static line => line[0] is not ('#' or ';'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unread.Add(path);
            return [];
        }
    }

    /// <summary>Splits at spaces that are not in quotes, and removes the quotes.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        char quote = '\0';
        foreach (char sign in text.Append(' '))
        {
            if (quote == '\0' && sign is '"' or '\'')
            {
                quote = sign;
            }
            else if (sign == quote)
            {
                quote = '\0';
            }
            else if (quote != '\0' || !char.IsWhiteSpace(sign))
            {
                word.Append(sign);
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
    }
}
