using System.Text;

namespace Hutch.Agent.Tests.Blocks;

/// <summary>Writes YAML files as people and programs write them: all styles, comments, indents and line ends, by chance.</summary>
internal sealed class RandomYaml(int seed)
{
    private static readonly string[] Words =
        ["x", "70S; ribosome", "a b c", "TitanKrios", "1", "3.5e-3", "true", "null", "~", "é", "日本", "😀 smile", "https://h.example/a#b", "a'b", "c\"d", "2026-11-21", "=", "-x", "a:b", "-"];

    private readonly Random _chance = new(seed);
    private readonly StringBuilder _text = new();
    private int _keys;

    /// <summary>A file; where it has a block of this name, some of the keys in it.</summary>
    public string Write(string block, params string[] blockKeys)
    {
        _ = _chance.Next(5) == 0 ? _text.Append("# head\n\n") : _text;
        _ = _chance.Next(6) == 0 ? _text.Append("%YAML 1.2\n---\n") : _chance.Next(4) == 0 ? _text.Append("--- # start\n") : _text;
        if (_chance.Next(8) == 0)
        {
            _text.Append(Flow(0, block, blockKeys)).Append('\n');
        }
        else
        {
            int count = 1 + _chance.Next(6);
            int at = _chance.Next(3) == 0 ? -1 : _chance.Next(count);
            int indent = _chance.Next(8) == 0 ? 2 : 0;
            for (int i = 0; i < count; i++)
            {
                if (i == at)
                {
                    Block(indent, block, blockKeys);
                }
                else
                {
                    Entry(indent, $"k{_keys++}", 0);
                }
            }
        }

        _ = _chance.Next(4) == 0 ? _text.Append("\n# tail\n") : _text;
        _ = _chance.Next(6) == 0 ? _text.Append("...\n") : _text;
        string text = _text.ToString();
        text = _chance.Next(3) == 0 ? text.TrimEnd('\n') : text;
        text = _chance.Next(4) == 0 ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
        return _chance.Next(6) == 0 ? "\uFEFF" + text : text;
    }

    private void Block(int indent, string block, string[] keys)
    {
        Pad(indent).Append(_chance.Next(6) == 0 ? $"'{block}'" : block).Append(':');
        switch (_chance.Next(5))
        {
            case 0:
                Comment().Append('\n');
                return;
            case 1:
                _text.Append(_chance.Next(2) == 0 ? " null" : " ~\t");
                Comment().Append('\n');
                return;
            case 2:
                _text.Append(' ').Append(Flow(1, "other", keys));
                Comment().Append('\n');
                return;
            default:
                Comment().Append('\n');
                int deeper = indent + 1 + _chance.Next(4);
                Entry(deeper, "RemovingTime", 2);
                foreach (string key in keys.Where(_ => _chance.Next(2) == 0))
                {
                    Pad(deeper).Append(key).Append(':').Append(_chance.Next(5) switch
                    {
                        0 => "",
                        1 => " 'old'",
                        2 => $" |\n{new string(' ', deeper + 2)}old\n{new string(' ', deeper + 2)}lines",
                        3 => " https://old.example/x",
                        _ => $"\n{new string(' ', deeper + 1)}old\n{new string(' ', deeper + 1)}folded",
                    });
                    _ = _chance.Next(3) == 0 && _text[^1] is '\'' or ':' ? Comment().Append('\n') : _text.Append('\n');
                    Gap(deeper);
                }

                _ = _chance.Next(2) == 0 ? Pad(deeper).Append("DeniedProviders: [primary]\n") : _text;
                return;
        }
    }

    private void Entry(int indent, string key, int depth)
    {
        Gap(indent);
        string pad = new(' ', indent + 1 + _chance.Next(3));
        Pad(indent).Append(_chance.Next(10) == 0 ? $"\"{key} \\u00e9\"" : key).Append(':');
        switch (depth < 3 ? _chance.Next(12) : _chance.Next(8))
        {
            case 0:
                Comment().Append('\n');
                break;
            case 1:
                _text.Append(" \"").Append(Word().Replace("\"", "\\\"", StringComparison.Ordinal)).Append(" \\n\\\n").Append(pad).Append("more\"\n");
                break;
            case 2:
                _text.Append(" '").Append(Word().Replace("'", "''", StringComparison.Ordinal)).Append('\'');
                Comment().Append('\n');
                break;
            case 3:
                _text.Append(' ').Append(_chance.Next(2) == 0 ? '|' : '>').Append(_chance.Next(3) switch { 0 => "-", 1 => "+", _ => "" });
                Comment().Append('\n').Append(pad).Append("# no comment\n").Append(pad).Append("  deeper: x\n").Append(pad).Append("k0: no key\n");
                _text.Append('\n', _chance.Next(3));
                break;
            case 4:
                _text.Append(" plain words\n").Append(pad).Append("over lines\n");
                break;
            case 5:
                _text.Append(" &a").Append(_keys).Append(" named\n");
                Pad(indent).Append("alias").Append(_keys).Append(": *a").Append(_keys++).Append('\n');
                break;
            case 6:
                _text.Append(" !!str 12\n");
                break;
            case 7:
                _text.Append(' ').Append(Flow(depth, "f", []));
                Comment().Append('\n');
                break;
            case 8 or 9:
                Comment().Append('\n');
                for (int i = 0; i <= _chance.Next(3); i++)
                {
                    Entry(indent + pad.Length - indent + 1, $"n{_keys++}", depth + 1);
                }

                break;
            default:
                Comment().Append('\n');
                for (int i = 0; i <= _chance.Next(3); i++)
                {
                    Pad(indent).Append("- 'item'\n");
                    Pad(indent).Append("- a: 1\n");
                    Pad(indent).Append("  b: 2\n");
                }

                break;
        }
    }

    private string Flow(int depth, string block, string[] keys)
    {
        string entries = string.Join(_chance.Next(3) == 0 ? " ,\n    " : ", ", keys.Where(_ => _chance.Next(2) == 0)
            .Select(key => $"{key}: {(_chance.Next(2) == 0 ? "old" : "\"old\"")}").Append($"g{_keys++}: [1, {{x: 'y, z'}}]"));
        return depth > 0 ? $"{{{entries}}}" : $"{{a: 1, {block}: {(_chance.Next(3) == 0 ? "" : $"{{{entries}}}")}, z{_keys++}: \"}}\" }}";
    }

    private void Gap(int indent) => _ = _chance.Next(6) switch
    {
        0 => _text.Append('\n'),
        1 => Pad(indent).Append("# between: {\n"),
        2 => _text.Append("# at the margin\n"),
        _ => _text,
    };

    private StringBuilder Comment() => _chance.Next(4) == 0 ? _text.Append(" \t# Hutch: \"no\"") : _text;

    private StringBuilder Pad(int indent) => _text.Append(' ', indent);

    private string Word() => Words[_chance.Next(Words.Length)];
}
