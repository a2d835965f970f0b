namespace Hutch.Commands.Services;

/// <summary>User units of systemd: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html.</summary>
/// <param name="lingerFile">Exists if the user's services run without a login: logind's record of `loginctl enable-linger`.</param>
internal sealed class SystemdServices(string configFolder, string lingerFile) : IServiceManager
{
    public bool KeepsFile => true;

    public string FileOf(string name) => Path.Combine(configFolder, "systemd", "user", Unit(name));

    public byte[] Describe(ServiceDefinition service)
    {
        var text = new StringBuilder();
        text.Append("[Unit]\nDescription=").Append(service.Description.Replace("%", "%%", StringComparison.Ordinal));
        text.Append("\nStartLimitIntervalSec=0\n\n[Service]\nExecStart=");
        text.AppendJoin(' ', service.Arguments.Prepend(service.Program).Select(Quote));
        foreach ((string name, string value) in service.Environment)
        {
            text.Append("\nEnvironment=").Append(QuoteAssignment($"{name}={value}"));
        }

        text.Append(CultureInfo.InvariantCulture, $"\nRestart=on-failure\nRestartSec={ServiceDefinition.RestartSeconds}");
        text.Append("\nNice=19\nIOSchedulingClass=best-effort\nIOSchedulingPriority=7\nNoNewPrivileges=yes\n");
        text.Append("\n[Install]\nWantedBy=default.target\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public IReadOnlyList<ServiceCommand> Install(string name) =>
    [
        new("systemctl", ["--user", "daemon-reload"]),
        new("systemctl", ["--user", "enable", Unit(name)]),
        new("systemctl", ["--user", "restart", Unit(name)]),
        .. File.Exists(lingerFile) ? Array.Empty<ServiceCommand>() : [EnableLinger],
    ];

    public IReadOnlyList<ServiceCommand> Remove(string name) =>
    [
        new("systemctl", ["--user", "disable", "--now", Unit(name)]),
    ];

    private static ServiceCommand EnableLinger => new(
        "loginctl", ["enable-linger"],
        "It starts when you log in, and ends when you log out. An administrator can change that: `loginctl enable-linger USER`.");

    private static string Unit(string name) => name + ".service";

    // Systemd reads \ and " as C does, % as its own words, and $ as variables.
    private static string Quote(string argument) => QuoteAssignment(argument.Replace("$", "$$", StringComparison.Ordinal));

    private static string QuoteAssignment(string text) => "\"" + text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("%", "%%", StringComparison.Ordinal) + "\"";
}
