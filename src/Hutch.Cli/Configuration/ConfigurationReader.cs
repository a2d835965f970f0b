using Hutch.Commands.Hosting;

namespace Hutch.Cli.Configuration;

/// <summary>
/// Finds the configuration: flags win over the environment, that over the file, that over the defaults. The file is the one that
/// <c>--config</c> or <c>HUTCH_CONFIG</c> names, else <c>hutch.yaml</c> in the data folder, if it is there.
/// </summary>
internal sealed class ConfigurationReader(CliHost host, Func<string, string> fullPath)
{
    internal const string FileName = "hutch.yaml";

    internal const string FileVariable = "HUTCH_CONFIG";

    internal const string DataPath = "server.data";

    private readonly List<string> _problems = [];

    internal static ConfigNode Root { get; } = ConfigNode.Root(typeof(HutchConfiguration));

    internal LoadedConfiguration Read(string? file, IReadOnlyList<(string Path, string Text, string Flag)> flags)
    {
        ConfigLayer above = EnvironmentLayer.Read(host.EnvironmentNames, host.Environment, Root, _problems);
        var flagLayer = new ConfigLayer();
        foreach ((string path, string text, string flag) in flags)
        {
            KeyedSetting.Apply(flagLayer, Root, path, text, flag, _problems);
        }

        above.Cover(flagLayer);
        string? folder = above.Settings.TryGetValue(DataPath, out ConfigSetting? set) ? set.Text : null;
        (string? path1, bool isInFolder) = FindFile(file, folder ?? DefaultFolder(host.Environment));
        ConfigLayer all = path1 is null ? new ConfigLayer() : YamlLayer.Read(path1, Root, _problems);
        if (isInFolder && all.Settings.TryGetValue(DataPath, out ConfigSetting? moved))
        {
            _problems.Add(
                $"{moved.Origin}: a file in the data folder cannot set the data folder; pass this file with --config, "
                + $"or remove '{DataPath}'.");
        }

        all.Cover(above);
        var options = (HutchConfiguration)new ConfigBinder(all.Settings, _problems).Bind(Root, "");
        return new LoadedConfiguration(
            options, fullPath(options.Server.Data ?? DefaultFolder(host.Environment)), path1, all.Settings, _problems);
    }

    internal static string DefaultFolder(Func<string, string?> environment) => environment("XDG_DATA_HOME") is { Length: > 0 } data
        ? Path.Combine(data, "hutch")
        : Path.Combine(environment("HOME") ?? ".", ".local", "share", "hutch");

    private (string? Path, bool IsInFolder) FindFile(string? named, string folder)
    {
        string? asked = named ?? (host.Environment(FileVariable) is { Length: > 0 } variable ? variable : null);
        if (asked is not null)
        {
            string path = fullPath(asked);
            return File.Exists(path)
                ? (path, false)
                : throw ErrorCode.NotFound.With($"The configuration file {Display.Quote(path)} does not exist.").ToException();
        }

        string own = Path.Combine(fullPath(folder), FileName);
        return File.Exists(own) ? (own, true) : (null, false);
    }
}
