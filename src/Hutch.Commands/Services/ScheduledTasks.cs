using System.Xml.Linq;

namespace Hutch.Commands.Services;

/// <summary>
/// Tasks of Windows that start when their user logs in: https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema. A service
/// of Windows would need an administrator, and would not be the user who is logged in to the server.
/// </summary>
internal sealed class ScheduledTasks(string temporaryFolder, string user) : IServiceManager
{
    private const string Folder = "Hutch\\";
    private const int MaxRestarts = 999; // the most that the schema allows

    private static readonly XNamespace Schema = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    public bool KeepsFile => false;

    public string FileOf(string name) => Path.Combine(temporaryFolder, name + ".xml");

    public byte[] Describe(ServiceDefinition service)
    {
        // Without a window, which people at the instrument would close. The task sets no variables: the program needs none.
        IEnumerable<string> words = ((string[])["--headless", service.Program]).Concat(service.Arguments);
        var document = new XElement(
            Schema + "Task",
            new XAttribute("version", "1.2"),
            Element("RegistrationInfo", Element("Description", service.Description)),
            Element("Triggers", Element("LogonTrigger", Element("Enabled", "true"), Element("UserId", user))),
            Element(
                "Principals",
                Element(
                    "Principal",
                    new XAttribute("id", "Author"),
                    Element("UserId", user), Element("LogonType", "InteractiveToken"), Element("RunLevel", "LeastPrivilege"))),
            Element(
                "Settings",
                Element("MultipleInstancesPolicy", "IgnoreNew"),
                Element("DisallowStartIfOnBatteries", "false"),
                Element("StopIfGoingOnBatteries", "false"),
                Element("StartWhenAvailable", "true"),
                Element("ExecutionTimeLimit", "PT0S"),
                Element("Priority", "8"),
                Element("RestartOnFailure", Element("Interval", "PT1M"), Element("Count", MaxRestarts))),
            Element(
                "Actions",
                new XAttribute("Context", "Author"),
                Element("Exec", Element("Command", "conhost.exe"), Element("Arguments", string.Join(' ', words.Select(Quote))))));
        string text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n" + document;
        return [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)];
    }

    public IReadOnlyList<ServiceCommand> Install(string name) =>
    [
        new("schtasks", ["/Create", "/TN", Folder + name, "/XML", FileOf(name), "/F"]),
        new("schtasks", ["/Run", "/TN", Folder + name]),
    ];

    public IReadOnlyList<ServiceCommand> Remove(string name) =>
    [
        new("schtasks", ["/End", "/TN", Folder + name], Otherwise: ""),
        new("schtasks", ["/Delete", "/TN", Folder + name, "/F"]),
    ];

    private static XElement Element(string name, params object[] content) => new(Schema + name, content);

    // As programs of Windows take their command line apart: backslashes count double before a quotation mark only.
    private static string Quote(string argument)
    {
        var text = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            text.Append(c == '"' ? new string('\\', backslashes + 1) : "").Append(c);
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }
}
