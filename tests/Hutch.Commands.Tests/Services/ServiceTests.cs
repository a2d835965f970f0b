using System.Text;
using System.Xml.Linq;
using Hutch.Commands.Services;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Commands.Tests.Services;

/// <summary>The services of the systems, as files and commands.</summary>
public sealed class ServiceTests : IDisposable
{
    private static readonly ServiceDefinition Service = new(
        "hutch-watch-epu-01234567", "Hutch: send /data/EPU 100% to krios/run", "/opt/hutch/hutch",
        ["push", "--watch", "/data/EPU $HOME 100% \"x\" \\", "--remove-sent"],
        new Dictionary<string, string> { ["HUTCH_CA"] = "/etc/ca & <key>.pem" });

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _commands = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_unit_of_systemd_starts_the_program_with_its_arguments_as_they_are()
    {
        string unit = Encoding.UTF8.GetString(new SystemdServices("/home/ada/.config", "/nonexistent").Describe(Service));

        Assert.Equal(
            """
            [Unit]
            Description=Hutch: send /data/EPU 100%% to krios/run
            StartLimitIntervalSec=0

            [Service]
            ExecStart="/opt/hutch/hutch" "push" "--watch" "/data/EPU $$HOME 100%% \"x\" \\" "--remove-sent"
            Environment="HUTCH_CA=/etc/ca & <key>.pem"
            Restart=on-failure
            RestartSec=60
            Nice=19
            IOSchedulingClass=best-effort
            IOSchedulingPriority=7
            NoNewPrivileges=yes

            [Install]
            WantedBy=default.target

            """,
            unit);
    }

    [Fact]
    public void An_agent_of_launchd_has_the_program_and_its_arguments_one_by_one()
    {
        var manager = new LaunchAgents("/Users/ada");
        XElement plist = XDocument.Parse(Encoding.UTF8.GetString(manager.Describe(Service))).Root!.Element("dict")!;

        string[] keys = [.. plist.Elements("key").Select(key => key.Value)];
        Assert.Equal(
            ["Label", "ProgramArguments", "EnvironmentVariables", "RunAtLoad", "KeepAlive", "ThrottleInterval", "ProcessType", "LowPriorityIO", "StandardOutPath", "StandardErrorPath"],
            keys);
        Assert.Equal(Service.Arguments.Prepend(Service.Program), plist.Element("array")!.Elements("string").Select(word => word.Value));
        Assert.Contains("/etc/ca & <key>.pem", plist.Elements("dict").First().Value, StringComparison.Ordinal);
        Assert.Equal("/Users/ada/Library/LaunchAgents/hutch-watch-epu-01234567.plist", manager.FileOf(Service.Name));
    }

    [Fact]
    public void A_task_of_Windows_quotes_its_arguments_as_programs_there_read_them()
    {
        byte[] bytes = new ScheduledTasks("/tmp", @"LAB\ada").Describe(Service with { Arguments = ["push", @"D:\EPU runs\", "a\"b", @"c\""d"] });
        XElement task = XDocument.Load(new MemoryStream(bytes)).Root!;
        XNamespace schema = task.Name.Namespace;

        Assert.Equal("conhost.exe", task.Descendants(schema + "Command").Single().Value);
        Assert.Equal(
            "\"--headless\" \"/opt/hutch/hutch\" \"push\" \"D:\\EPU runs\\\\\" \"a\\\"b\" \"c\\\\\\\"d\"",
            task.Descendants(schema + "Arguments").Single().Value);
        Assert.Equal([@"LAB\ada", @"LAB\ada"], task.Descendants(schema + "UserId").Select(user => user.Value));
    }

    [Fact]
    public async Task Installing_a_service_writes_and_registers_its_file_and_removing_undoes_both()
    {
        var manager = new SystemdServices(_folder.Path, _folder["linger"]);
        var installer = new ServiceInstaller(manager, (command, _) => Answer(command, command.Program == "loginctl" ? 1 : 0));

        IReadOnlyList<string> notes = await installer.InstallAsync(Service, Ct);
        bool isThere = File.Exists(manager.FileOf(Service.Name));
        await installer.RemoveAsync(Service.Name, Ct);

        Assert.True(isThere);
        Assert.Contains("log out", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(
            [
                "systemctl --user daemon-reload", "systemctl --user enable hutch-watch-epu-01234567.service",
                "systemctl --user restart hutch-watch-epu-01234567.service", "loginctl enable-linger",
                "systemctl --user disable --now hutch-watch-epu-01234567.service",
            ],
            _commands);
        Assert.False(File.Exists(manager.FileOf(Service.Name)));
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<HutchException>(() => installer.RemoveAsync(Service.Name, Ct))).Error.Code);
    }

    [Fact]
    public async Task A_service_that_may_run_without_a_login_is_installed_without_a_note()
    {
        File.WriteAllText(_folder["linger"], "");
        var installer = new ServiceInstaller(new SystemdServices(_folder.Path, _folder["linger"]), (command, _) => Answer(command, command.Program == "loginctl" ? 1 : 0));

        IReadOnlyList<string> notes = await installer.InstallAsync(Service, Ct);

        Assert.Empty(notes);
        Assert.DoesNotContain("loginctl enable-linger", _commands);
    }

    [Fact]
    public async Task A_system_that_refuses_a_service_leaves_what_was_there()
    {
        var manager = new SystemdServices(_folder.Path, _folder["linger"]);
        var installer = new ServiceInstaller(manager, (command, _) => Answer(command, 1));

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => installer.InstallAsync(Service, Ct));
        Assert.False(File.Exists(manager.FileOf(Service.Name)));
        File.WriteAllText(manager.FileOf(Service.Name), "before");
        await Assert.ThrowsAsync<HutchException>(() => installer.InstallAsync(Service, Ct));

        Assert.Equal("before", File.ReadAllText(manager.FileOf(Service.Name)));
        Assert.Equal("`systemctl --user daemon-reload` failed: no bus", refused.Error.Message);
    }

    [Theory]
    [InlineData("/data/a\nb")]
    [InlineData("/data/a\0b")]
    public async Task A_folder_with_a_control_character_in_its_name_is_refused(string folder)
    {
        var installer = new ServiceInstaller(new SystemdServices(_folder.Path, _folder["linger"]), (command, _) => Answer(command, 0));

        await Assert.ThrowsAsync<HutchException>(() => installer.InstallAsync(Service with { Arguments = ["push", "--watch", folder] }, Ct));

        Assert.Empty(_commands);
    }

    [Fact]
    public void The_name_of_a_service_is_one_for_each_folder()
    {
        Assert.Equal("hutch-watch-epu1-", ServiceDefinition.NameFor("/data/EPU 1")[..^8]);
        Assert.NotEqual(ServiceDefinition.NameFor("/data/EPU"), ServiceDefinition.NameFor("/other/EPU"));
        Assert.StartsWith("hutch-watch-folder-", ServiceDefinition.NameFor("/"), StringComparison.Ordinal);
    }

    private Task<(int Code, string Output)> Answer(ServiceCommand command, int code)
    {
        _commands.Add(string.Join(' ', command.Arguments.Prepend(command.Program)));
        return Task.FromResult((code, "no bus\n"));
    }
}
