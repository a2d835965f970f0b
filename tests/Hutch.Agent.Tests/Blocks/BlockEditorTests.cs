using System.Text;
using Hutch.Agent.Blocks;
using Hutch.Model;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Blocks;

public sealed class BlockEditorTests
{
    private static readonly BlockValue[] Values = [new("Space", "d1"), new("PublicURL", "https://h.example/d/d1")];

    [Fact]
    public void The_block_comes_at_the_end_of_the_file_of_a_facility()
    {
        byte[] original = File.ReadAllBytes("facility/SPA.yml");

        byte[] edited = BlockEditor.Edit(original, "Hutch", Values, new YamlLimits()).Value;

        Assert.Equal(Encoding.UTF8.GetString(original) + "Hutch:\n  Space: d1\n  PublicURL: https://h.example/d/d1\n", Encoding.UTF8.GetString(edited));
    }

    [Fact]
    public void A_foreign_block_stays_when_ours_has_another_name()
    {
        byte[] original = File.ReadAllBytes("facility/SPA.published.yml");

        byte[] edited = BlockEditor.Edit(original, "Hutch", Values, new YamlLimits()).Value;

        Assert.StartsWith(Encoding.UTF8.GetString(original), Encoding.UTF8.GetString(edited), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A: 1", "A: 1\nHutch:\n  Space: d1")] // no line break at the end, and none after
    [InlineData("A: 1\r\nB: 2\r\n", "A: 1\r\nB: 2\r\nHutch:\r\n  Space: d1\r\n")]
    [InlineData("A: 1\rB: 2\r", "A: 1\rB: 2\rHutch:\r  Space: d1\r")]
    [InlineData("\uFEFFA: 1\n", "\uFEFFA: 1\nHutch:\n  Space: d1\n")]
    [InlineData("---\nA: 1\n...\n# after\n", "---\nA: 1\nHutch:\n  Space: d1\n...\n# after\n")]
    [InlineData("%YAML 1.1\n---\nA: 1\n", "%YAML 1.1\n---\nA: 1\nHutch:\n  Space: d1\n")]
    [InlineData("  A: 1\n  B: 2\n", "  A: 1\n  B: 2\n  Hutch:\n    Space: d1\n")]
    [InlineData("A: 1\n# the end\n\n\n", "A: 1\n# the end\n\n\nHutch:\n  Space: d1\n")]
    [InlineData("A: 1\n   ", "A: 1\n   \nHutch:\n  Space: d1")]
    [InlineData("", "Hutch:\n  Space: d1\n")]
    [InlineData("# nothing yet\n", "# nothing yet\nHutch:\n  Space: d1\n")]
    [InlineData("---\n", "---\nHutch:\n  Space: d1\n")]
    [InlineData("{A: 1, B: {C: 2}}\n", "{Hutch: {Space: \"d1\"}, A: 1, B: {C: 2}}\n")]
    [InlineData("{}\n", "{Hutch: {Space: \"d1\"}}\n")]
    [InlineData("--- {\n  A: 1 # one\n}\n", "--- {Hutch: {Space: \"d1\"}, \n  A: 1 # one\n}\n")]
    [InlineData("A: |+\n  text\n\n\n", "A: |+\n  text\n\n\nHutch:\n  Space: d1\n")]
    [InlineData("A: |\n  text", "Hutch:\n  Space: d1\nA: |\n  text")] // a line break would become part of the text
    [InlineData("? A\n: 1\n? B\n: 2\n", "? A\n: 1\n? B\n: 2\nHutch:\n  Space: d1\n")]
    public void A_new_block_leaves_all_existing_bytes_of_the_file_unchanged(string before, string after) => AssertEdit(before, after, new BlockValue("Space", "d1"));

    [Theory]
    [InlineData("Hutch:\n  Space: d1\nA: 1\n", "Hutch:\n  Space: d1\nA: 1\n")]
    [InlineData("Hutch:\n  Space: old # comment\nA: 1\n", "Hutch:\n  Space: d1 # comment\nA: 1\n")]
    [InlineData("Hutch:\n  Space: 'old'\nA: 1\n", "Hutch:\n  Space: d1\nA: 1\n")]
    [InlineData("Hutch:\n  Space:\t\"old\"  \nA: 1\n", "Hutch:\n  Space:\td1  \nA: 1\n")]
    [InlineData("Hutch:\n  Space:\nA: 1\n", "Hutch:\n  Space: d1\nA: 1\n")]
    [InlineData("Hutch:\n  Space: # to come\nA: 1\n", "Hutch:\n  Space: d1 # to come\nA: 1\n")]
    [InlineData("Hutch:\n  Space: |\n    old\n    lines\n\nA: 1\n", "Hutch:\n  Space: d1\n\nA: 1\n")]
    [InlineData("Hutch:\n  Space: old\n    lines\nA: 1\n", "Hutch:\n  Space: d1\nA: 1\n")]
    [InlineData("Hutch:\n    DeniedProviders: [primary]\n    RemovingTime: never # mine\nA: 1\n", "Hutch:\n    Space: d1\n    DeniedProviders: [primary]\n    RemovingTime: never # mine\nA: 1\n")]
    [InlineData("Hutch: # ours\nA: 1\n", "Hutch: # ours\n  Space: d1\nA: 1\n")]
    [InlineData("Hutch: null\r\nA: 1\r\n", "Hutch: \r\n  Space: d1\r\nA: 1\r\n")]
    [InlineData("A: 1\nHutch:", "A: 1\nHutch:\n  Space: d1")]
    [InlineData("Hutch: {}\nA: 1\n", "Hutch: {Space: \"d1\"}\nA: 1\n")]
    [InlineData("Hutch: {RemovingTime: now}\nA: 1\n", "Hutch: {Space: \"d1\", RemovingTime: now}\nA: 1\n")]
    [InlineData("Hutch: {Space: old, X: 1}\nA: 1\n", "Hutch: {Space: \"d1\", X: 1}\nA: 1\n")]
    [InlineData("{A: 1, Hutch: , B: 2}\n", "{A: 1, Hutch: {Space: \"d1\"}, B: 2}\n")]
    [InlineData("{A: 1, Hutch: {Space: x}}\n", "{A: 1, Hutch: {Space: \"d1\"}}\n")]
    [InlineData("\"Hutch\":\n  \"Space\": old\n", "\"Hutch\":\n  \"Space\": d1\n")]
    public void A_block_that_is_there_is_changed_in_place(string before, string after) => AssertEdit(before, after, new BlockValue("Space", "d1"));

    [Theory]
    [InlineData("A: 1\n", "A: 1\n")]
    [InlineData("Hutch:\n  Space: d1\n  Error: it is full\n", "Hutch:\n  Space: d1\n  Error: null\n")]
    [InlineData("Hutch:\n  Error:\n", "Hutch:\n  Error:\n")]
    [InlineData("Hutch:\n  Error: ~\n", "Hutch:\n  Error: ~\n")]
    public void A_value_that_is_taken_away_becomes_null(string before, string after) => AssertEdit(before, after, new BlockValue("Error", null));

    [Theory]
    [InlineData("Hutch: some words\n", "line 1, column 1: 'Hutch' must be a mapping with keys of its own, without anchor or tag. Remove it, and it is written anew.")]
    [InlineData("A: 1\nHutch: [1, 2]\n", "line 2, column 1: 'Hutch' must be a mapping with keys of its own, without anchor or tag. Remove it, and it is written anew.")]
    [InlineData("A: &a {x: 1}\nHutch: *a\n", "line 2, column 1: 'Hutch' must be a mapping with keys of its own, without anchor or tag. Remove it, and it is written anew.")]
    [InlineData("Hutch: &h\n  Space: x\nB: *h\n", "line 1, column 1: 'Hutch' must be a mapping with keys of its own, without anchor or tag. Remove it, and it is written anew.")]
    [InlineData("Hutch:\n  Space: [x]\n", "line 2, column 3: 'Hutch.Space' must be one value, without anchor or tag. Remove it, and it is written anew.")]
    [InlineData("Hutch:\n  Space: &s x\nB: *s\n", "line 2, column 3: 'Hutch.Space' must be one value, without anchor or tag. Remove it, and it is written anew.")]
    [InlineData("A: [1\n", null)]
    [InlineData("A: 1\nA: 2\n", "line 2, column 1: the key 'A' is there twice: also on line 1. Remove one.")]
    public void What_cannot_be_edited_safely_is_refused(string yaml, string? problem)
    {
        Result<byte[]> edited = BlockEditor.Edit(Encoding.UTF8.GetBytes(yaml), "Hutch", [new("Space", "d1")], new YamlLimits());

        Assert.False(edited.IsOk);
        Assert.Equal(problem ?? edited.Error.Message, edited.Error.Message);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("null", "\"null\"")]
    [InlineData("12", "\"12\"")]
    [InlineData("2026-11-21", "\"2026-11-21\"")]
    [InlineData("", "\"\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("it's \"full\"\n\\ #1", "\"it's \\\"full\\\"\\n\\\\ #1\"")]
    [InlineData("Praha – Brno", "\"Praha – Brno\"")]
    [InlineData("a\u0085b\u2028c\u200ed\uFEFF", "\"a\\u0085b\\u2028c\\u200Ed\\uFEFF\"")]
    public void A_value_is_written_so_that_every_reader_takes_it_for_a_text(string value, string written) =>
        AssertEdit("A: 1\n", $"A: 1\nHutch:\n  Error: {written}\n", new BlockValue("Error", value));

    private static void AssertEdit(string before, string after, params BlockValue[] values)
    {
        Result<byte[]> edited = BlockEditor.Edit(Encoding.UTF8.GetBytes(before), "Hutch", values, new YamlLimits());

        Assert.Equal(after, edited.IsOk ? Encoding.UTF8.GetString(edited.Value) : edited.Error.Message);
    }
}
