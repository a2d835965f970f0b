using System.Text;
using Hutch.Agent.Blocks;
using Hutch.Model;
using Hutch.Types.Yaml;
using YamlDotNet.RepresentationModel;

namespace Hutch.Agent.Tests.Blocks;

/// <summary>Edits thousands of files written by chance, and looks at the result with other eyes than the editor's own.</summary>
public sealed class BlockEditorPropertyTests
{
    private const int Files = 4000;
    private const string Block = "Hutch";

    private static readonly BlockValue[] Values =
        [new("Space", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"), new("PublicURL", "https://h.example/d/1#a"), new("Error", "it is \"full\": #1\n")];

    private static readonly YamlLimits Limits = new();

    [Fact]
    public void The_values_are_there_and_another_reader_finds_everything_else_as_it_was() => ForEach((original, edited) =>
    {
        YamlMappingNode before = Load(original);
        YamlMappingNode after = Load(edited);
        var block = (YamlMappingNode)after.Children[Block];

        Assert.All(Values, value => Assert.Equal(value.Value, ((YamlScalarNode)block.Children[value.Key]).Value));
        before.Children.Remove(Block, out YamlNode? old);
        after.Children.Remove(Block);
        Assert.Equal(before.ToString(), after.ToString());
        foreach ((YamlNode key, YamlNode value) in (old as YamlMappingNode)?.Children.Where(entry => !IsOurs(entry.Key)) ?? [])
        {
            Assert.Equal(value, block.Children[key]);
        }
    });

    [Fact]
    public void No_comment_and_no_line_is_lost_outside_of_the_values_that_were_replaced() => ForEach((original, edited) =>
    {
        int at = 0;
        foreach (string line in Lines(original).Where(line => !line.Contains("old", StringComparison.Ordinal) && !IsValueLine(line)))
        {
            int found = edited.IndexOf(line, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"lost: {line}");
            at = found + line.Length;
        }

        Assert.Equal(original.StartsWith('\uFEFF'), edited.StartsWith('\uFEFF'));
        Assert.Equal(original.Contains("\r\n", StringComparison.Ordinal), edited.Contains("\r\n", StringComparison.Ordinal));
    });

    [Fact]
    public void Where_there_was_no_block_the_file_is_the_old_one_with_one_piece_put_in() => ForEach((original, edited) =>
    {
        if (!Load(original).Children.ContainsKey(Block))
        {
            int start = original.Zip(edited).TakeWhile(pair => pair.First == pair.Second).Count();
            Assert.EndsWith(original[start..], edited, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void To_write_the_same_values_again_changes_nothing() => ForEach(
        (_, edited) => Assert.Equal(edited, Text(BlockEditor.Edit(Bytes(edited), Block, Values, Limits).Value)));

    [Fact]
    public void Values_that_change_and_vanish_leave_the_rest_alone() => ForEach((_, edited) =>
    {
        BlockValue[] others = [new("Space", "other"), new("Error", null)];

        string again = Text(BlockEditor.Edit(Bytes(edited), Block, others, Limits).Value);
        string back = Text(BlockEditor.Edit(Bytes(again), Block, Values, Limits).Value);

        Assert.Equal(Load(edited).ToString(), Load(back).ToString());
        Assert.Equal("other", ((YamlScalarNode)((YamlMappingNode)Load(again).Children[Block]).Children["Space"]).Value);
    });

    private static void ForEach(Action<string, string> check)
    {
        int refused = 0;
        for (int seed = 0; seed < Files; seed++)
        {
            string original = new RandomYaml(seed).Write(Block, [.. Values.Select(value => value.Key)]);
            Result<byte[]> edited = BlockEditor.Edit(Bytes(original), Block, Values, Limits);
            if (!edited.IsOk)
            {
                refused++;
                Assert.True(refused <= Files / 50, $"seed {seed} and {refused} others: {edited.Error.Message}\n{original}");
                continue;
            }

            try
            {
                check(original, Text(edited.Value));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}\n--- before\n{original}\n--- after\n{Text(edited.Value)}", e);
            }
        }
    }

    private static bool IsOurs(YamlNode key) => Values.Any(value => value.Key == ((YamlScalarNode)key).Value);

    private static bool IsValueLine(string line) =>
        Values.Any(value => line.Contains(value.Key, StringComparison.Ordinal)) || line.Contains(Block, StringComparison.Ordinal)
        || line.Trim() is "lines" or "folded";

    private static IEnumerable<string> Lines(string text) =>
        text.TrimStart('\uFEFF').Split('\n').Select(line => line.Trim('\r', ' ')).Where(line => line.Length > 0);

    private static YamlMappingNode Load(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text.TrimStart('\uFEFF')));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
