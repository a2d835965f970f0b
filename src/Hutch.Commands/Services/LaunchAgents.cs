using System.Xml.Linq;

namespace Hutch.Commands.Services;

/// <summary>Agents of launchd, on macOS: launchd.plist(5).</summary>
internal sealed class LaunchAgents(string home) : IServiceManager
{
    public bool KeepsFile => true;

    public string FileOf(string name) => Path.Combine(home, "Library", "LaunchAgents", name + ".plist");

    public byte[] Describe(ServiceDefinition service)
    {
        string log = Path.Combine(home, "Library", "Logs", service.Name + ".log");
        var document = new XDocument(
            new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
            new XElement("plist", new XAttribute("version", "1.0"), Dictionary(
                ("Label", Text(service.Name)),
                ("ProgramArguments", new XElement("array", service.Arguments.Prepend(service.Program).Select(Text))),
                ("EnvironmentVariables", Dictionary([.. service.Environment.Select(pair => (pair.Key, Text(pair.Value)))])),
                ("RunAtLoad", new XElement("true")),
                ("KeepAlive", Dictionary(("SuccessfulExit", new XElement("false")))),
                ("ThrottleInterval", new XElement("integer", ServiceDefinition.RestartSeconds)),
                ("ProcessType", Text("Background")),
                ("LowPriorityIO", new XElement("true")),
                ("StandardOutPath", Text(log)),
                ("StandardErrorPath", Text(log)))));
        return Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document + "\n");
    }

    public IReadOnlyList<ServiceCommand> Install(string name) =>
    [
        new("launchctl", ["unload", FileOf(name)], Otherwise: ""),
        new("launchctl", ["load", "-w", FileOf(name)]),
    ];

    public IReadOnlyList<ServiceCommand> Remove(string name) => [new("launchctl", ["unload", "-w", FileOf(name)])];

    private static XElement Text(string text) => new("string", text);

    private static XElement Dictionary(params (string Key, XElement Value)[] pairs) =>
        new("dict", pairs.SelectMany(pair => (XElement[])[new XElement("key", pair.Key), pair.Value]));
}
