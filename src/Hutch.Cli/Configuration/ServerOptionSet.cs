using Hutch.Commands.Hosting;

namespace Hutch.Cli.Configuration;

/// <summary>The flags of every verb that works on a data folder: where it is, the file with the configuration, single options.</summary>
internal sealed class ServerOptionSet
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data folder (default: $XDG_DATA_HOME/hutch).",
        HelpName = "DIR",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The configuration file (default: $HUTCH_CONFIG, or hutch.yaml in the data folder).",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set an option, such as site.fold.quietSeconds=10; repeatable. `hutch config show --all` lists all.",
        HelpName = "OPTION=VALUE",
    };

    private readonly Dictionary<string, (Option Option, Func<CliContext, string?> Value)> _own = new(StringComparer.Ordinal);

    internal ServerOptionSet(Command verb)
    {
        verb.Add(_data);
        verb.Add(_config);
        verb.Add(_set);
    }

    internal void Bind(string path, Option<string?> flag) => _own[path] = (flag, context => context.Value(flag));

    internal void Bind(string path, Option<bool> flag) => _own[path] = (flag, context => context.Value(flag) ? "true" : null);

    internal LoadedConfiguration Read(CliContext context)
    {
        var flags = new List<(string Path, string Text, string Flag)>();
        if (context.Value(_data) is { } data)
        {
            flags.Add(("server.data", data, "--data"));
        }

        foreach ((string path, (Option option, Func<CliContext, string?> value)) in _own)
        {
            if (value(context) is { } text)
            {
                flags.Add((path, text, option.Name));
            }
        }

        foreach (string setting in context.Value(_set) ?? [])
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw ErrorCode.BadRequest.With(
                    $"--set {Display.Quote(setting)}: expected OPTION=VALUE, such as site.fold.quietSeconds=10.").ToException();
            }

            flags.Add((setting[..equals], setting[(equals + 1)..], "--set"));
        }

        return new ConfigurationReader(context.Host, context.FullPath).Read(context.Value(_config), flags);
    }

    internal LoadedConfiguration ReadValid(CliContext context) => Read(context).RequireValid();
}
