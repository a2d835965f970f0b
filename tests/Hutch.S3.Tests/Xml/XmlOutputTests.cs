using System.Buffers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Hutch.S3.Xml;

namespace Hutch.S3.Tests.Xml;

public sealed class XmlOutputTests
{
    private static readonly XmlReaderSettings AnyCharacter = new() { CheckCharacters = false };

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a&b<c>d\"e'f")]
    [InlineData("ü € 😀 \U0010ffff")]
    [InlineData("tab\tline\nreturn\r\u0001\u001f")]
    [InlineData("]]>")]
    public void A_reader_gets_every_text_back(string text)
    {
        foreach (string whole in (string[])[text, string.Concat(Enumerable.Repeat(text, 3000)), new string('x', 1023) + text])
        {
            string document = Write(xml =>
            {
                xml.Element("Short", whole);
                xml.Start("Long");
                xml.Text(whole);
                xml.End();
            });

            XElement root = Read(document);
            Assert.Equal((whole, whole), (root.Element("Short")!.Value, root.Element("Long")!.Value));
        }
    }

    [Fact]
    public void Numbers_times_and_attributes_are_written_as_S3_has_them()
    {
        string document = Write(xml =>
        {
            xml.Element("Least", long.MinValue);
            xml.Element("Most", long.MaxValue);
            xml.Element("True", true);
            xml.Element("Time", new DateTimeOffset(2013, 5, 24, 1, 2, 3, 45, TimeSpan.FromHours(1)));
            xml.Optional("None", null);
            xml.Start("With", ("a", "1\"<\t2"), ("b", ""));
            xml.End();
        });

        XElement root = Read(document);
        Assert.Equal(
            [long.MinValue.ToString(), long.MaxValue.ToString(), "true", "2013-05-24T00:02:03.045Z", ""], root.Elements().Select(element => element.Value));
        Assert.Equal(("1\"<\t2", ""), (root.Element("With")!.Attribute("a")!.Value, root.Element("With")!.Attribute("b")!.Value));
    }

    [Fact]
    public void Ten_thousand_elements_cross_the_ends_of_buffers()
    {
        string document = Write(xml =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                xml.Element("Key", new string('k', i % 100));
                xml.Element("Size", (long)i);
            }
        });

        Assert.Equal(
            Enumerable.Range(0, 10_000).SelectMany(i => (string[])[new string('k', i % 100), i.ToString()]), Read(document).Elements().Select(e => e.Value));
    }

    private static string Write(Action<XmlOutput> content)
    {
        var output = new ArrayBufferWriter<byte>();
        XmlAnswer.Write(output, "Root", null, content);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static XElement Read(string document)
    {
        using var reader = XmlReader.Create(new StringReader(document), AnyCharacter);
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }
}
