namespace Hutch.S3.Xml;

/// <summary>Elements with values, as S3 writes them.</summary>
internal static class XmlOutputExtensions
{
    public static void Element(this XmlOutput xml, string name, bool value) => xml.Element(name, value ? "true" : "false");

    public static void Element(this XmlOutput xml, string name, Action content)
    {
        xml.Start(name);
        content();
        xml.End();
    }

    public static void Optional(this XmlOutput xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.Element(name, value);
        }
    }

    /// <summary>An account; people know it by its name.</summary>
    public static void Owner(this XmlOutput xml, string element, string name) => xml.Element(element, () =>
    {
        xml.Element("ID", name);
        xml.Element("DisplayName", name);
    });
}
