using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests.Entries;

public sealed class EntryJsonTests
{
    private static readonly DatasetPath SomePath = DatasetPath.Parse("a/\"b\"").Value;

    [Fact]
    public void An_entry_is_written_in_one_fixed_way()
    {
        Entry file = Entry.File(BlobHash.Compute("hello"u8), 5, 1_700_000_000_000_000_001, executable: true, "text/plain") with
        {
            UserMetadata = ImmutableSortedDictionary<string, string>.Empty.Add("z", "1").Add("a", "tab\there\u0001"),
        };

        Assert.Equal(
            """{"p":"a/\"b\"","k":"f","h":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","s":5,"m":1700000000000000001,"x":true,"c":"text/plain","u":{"a":"tab\there\u0001","z":"1"}}""",
            Text(SomePath, file));
        Assert.Equal("""{"k":"l","t":"../a\\b"}""", Encoding.UTF8.GetString(EntryJson.ToUtf8(Entry.Link("../a\\b"))));
        Assert.Equal("""{"k":"e","m":-5}""", Encoding.UTF8.GetString(EntryJson.ToUtf8(Entry.Directory(-5))));
    }

    [Fact]
    public void What_was_written_reads_back_equal()
    {
        Prop.ForAll(Generators.Path.ToArbitrary(), Generators.Entry.ToArbitrary(), (path, entry) =>
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Text(path, entry)));
            reader.Read();
            bool ok = EntryJson.TryRead(ref reader, out PathEntry read, out _);
            return ok && read == new PathEntry(path, entry) && reader.TokenType == JsonTokenType.EndObject
                && EntryJson.Parse(EntryJson.ToUtf8(entry)).Value.Equals(entry);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_value_in_a_larger_document_has_the_same_bytes()
    {
        Prop.ForAll(Generators.Path.ToArbitrary(), Generators.Entry.ToArbitrary(), (path, entry) =>
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartArray();
                EntryJson.Write(json, path, entry);
                json.WriteEndArray();
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan) == "[" + Text(path, entry) + "]";
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("""{"k":"f"}""", "The entry is invalid: a file needs its hash 'h' and its size 's'.")]
    [InlineData("""{"k":"q"}""", "The entry is invalid: its kind 'k' must be 'f', 'l' or 'e'.")]
    [InlineData("""{}""", "The entry is invalid: its kind 'k' is missing.")]
    [InlineData("""[]""", "The entry is invalid: it is not a JSON object.")]
    [InlineData("""{"k":"e","size":1}""", "The entry is invalid: it has an unknown field 'size'.")]
    [InlineData("""{"k":"e","k":"e"}""", "The entry is invalid: it has the field 'k' twice.")]
    [InlineData("""{"k":"e","m":"now"}""", "The entry is invalid: its field 'm' has an invalid value.")]
    [InlineData("""{"k":"e","m":1.5}""", "The entry is invalid: its field 'm' has an invalid value.")]
    [InlineData("""{"k":"e","u":{"a":{"b":1}}}""", "The entry is invalid: its field 'u' has an invalid value.")]
    [InlineData("""{"k":"e","x":true}""", "The entry is invalid: only a file has a hash, a size, an executable bit or a content type.")]
    [InlineData("""{"k":"l","t":""}""", "The entry is invalid: a link needs a target.")]
    [InlineData("""{"k":"l","t":"a\u0000"}""", "The entry is invalid: the target of the link must be valid Unicode without NUL.")]
    [InlineData("""{"k":"l","t":"\ud800"}""", "The entry is invalid: its field 't' has an invalid value.")]
    [InlineData("""{"k":"e"} {}""", "The entry is invalid: it is not well-formed JSON.")]
    [InlineData("""{"k":"e" """, "The entry is invalid: it is not well-formed JSON.")]
    [InlineData("", "The entry is invalid: it is not well-formed JSON.")]
    public void An_invalid_entry_is_refused_with_its_fault(string json, string message)
    {
        HutchError? error = EntryJson.Parse(Encoding.UTF8.GetBytes(json)).Error;

        Assert.Equal(message, error?.Message);
        Assert.Equal(ErrorCode.InvalidBody, error?.Code);
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_never_more()
    {
        Prop.ForAll(Generators.Entry.ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (entry, at, value) =>
        {
            byte[] json = EntryJson.ToUtf8(entry);
            json[at % json.Length] = (byte)value;
            Result<Entry> result = EntryJson.Parse(json);
            return !result.IsOk || EntryJson.Parse(EntryJson.ToUtf8(result.Value)).Value.Equals(result.Value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static string Text(DatasetPath path, Entry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EntryJson.Write(buffer, path, entry);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
