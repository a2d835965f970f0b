using Hutch.Agent.Rules;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hutch.Agent.Publishing;

/// <summary>
/// The dataset's copy of a metadata file: its content without personal data and without the agent's block. It is written from the values,
/// so that no outdated comment remains.
/// </summary>
internal static class MetadataCopy
{
    /// <summary>The copy, as YAML in UTF-8. The same file gives the same bytes.</summary>
    public static byte[] Create(YamlMap file, FolderRule rule)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new Comment("A copy of the metadata file, without personal data.", isInline: false));
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, file, rule, []);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(Emitter emitter, YamlMap map, FolderRule rule, string[] above)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        foreach (YamlPair pair in map.Entries)
        {
            string[] way = KeyPattern.WayTo(above, pair.Key);
            if (!rule.Personal.Concat(rule.Secret).Any(hidden => pair.Value is YamlMap ? hidden.Matches(way) : hidden.MatchesValue(way)))
            {
                Write(emitter, pair.Name);
                Write(emitter, pair.Value, rule, way);
            }
        }

        emitter.Emit(new MappingEnd());
    }

    private static void Write(Emitter emitter, YamlValue value, FolderRule rule, string[] way)
    {
        switch (value)
        {
            case YamlMap map:
                Write(emitter, map, rule, way);
                break;
            case YamlList list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (YamlValue item in list.Items)
                {
                    // Items of a list are at the path of the list.
                    Write(emitter, item, rule, way);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case YamlScalar scalar:
                Write(emitter, scalar);
                break;
        }
    }

    // A text in quotes stays one: "007" is no number.
    private static void Write(Emitter emitter, YamlScalar scalar) => emitter.Emit(
        new Scalar(
            AnchorName.Empty, TagName.Empty, scalar.Text, scalar.IsPlain ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted,
            isPlainImplicit: scalar.IsPlain, isQuotedImplicit: true));
}
