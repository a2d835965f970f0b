using System.Xml.Linq;

namespace Hutch.Architecture.Tests.Reading;

/// <summary>One project file and what it says it uses.</summary>
/// <param name="Name">The name of the file without its extension.</param>
/// <param name="Path">From the root of the repository.</param>
/// <param name="AssemblyName">The name of what it builds.</param>
/// <param name="References">Names of the projects that it references.</param>
/// <param name="Packages">Names of the packages that it references itself.</param>
internal sealed record Project(
    string Name, string Path, string AssemblyName, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    /// <summary>The assembly as the build leaves it, absolute.</summary>
    public string AssemblyPath => System.IO.Path.Combine(
        Repository.Root, System.IO.Path.GetDirectoryName(Path)!, "bin", Repository.Configuration, "net10.0", AssemblyName + ".dll");

    public static Project Read(string path)
    {
        XDocument document = XDocument.Load(path);
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        return new Project(
            name,
            Repository.Relative(path),
            document.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name,
            [.. Includes(document, "ProjectReference").Select(System.IO.Path.GetFileNameWithoutExtension).OfType<string>()],
            [.. Includes(document, "PackageReference")]);
    }

    private static IEnumerable<string> Includes(XDocument document, string element) =>
        document.Descendants(element).SelectMany(item => item.Attribute("Include")?.Value.Split(';') ?? []);
}
