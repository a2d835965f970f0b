using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Describes types in h5grove's words.</summary>
internal static class Hdf5TypeDocument
{
    public static void Write(Utf8JsonWriter json, string property, TypeTree type)
    {
        json.WriteStartObject(property);
        WriteMembers(json, type);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, TypeTree type)
    {
        json.WriteNumber("class", (int)type.Class);
        json.WritePropertyName("dtype");
        WriteNumpy(json, type);
        json.WriteNumber("size", type.Size);
        switch (type.Class)
        {
            case Hdf5TypeClass.Integer:
                json.WriteNumber("order", type.Order);
                json.WriteNumber("sign", type.IsSigned ? 1 : 0);
                break;
            case Hdf5TypeClass.Float or Hdf5TypeClass.Bitfield:
                json.WriteNumber("order", type.Order);
                break;
            case Hdf5TypeClass.String:
                json.WriteNumber("cset", type.CharacterSet);

                // h5grove writes the one, H5Web reads the other.
                json.WriteNumber("strpad", type.Padding);
                json.WriteNumber("strPad", type.Padding);
                json.WriteBoolean("vlen", type.IsVariableText);
                break;
            case Hdf5TypeClass.Opaque:
                json.WriteString("tag", type.Tag);
                break;
            case Hdf5TypeClass.Compound:
                WriteStructure(json, type);
                break;
            case Hdf5TypeClass.Enum:
                json.WriteStartObject("members");
                foreach ((string name, long value) in type.Names)
                {
                    json.WriteNumber(name, value);
                }

                json.WriteEndObject();
                break;
            case Hdf5TypeClass.Array:
                json.WriteStartArray("dims");
                foreach (long length in type.Lengths)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                break;
            default:
                break;
        }

        if (type.Base is { } inner)
        {
            Write(json, "base", inner);
        }
    }

    private static void WriteStructure(Utf8JsonWriter json, TypeTree type)
    {
        json.WriteStartArray("members");
        foreach (TypeTree.Member member in type.Members)
        {
            json.WriteStartObject();
            json.WriteString("name", member.Name);
            WriteMembers(json, member.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumpy(Utf8JsonWriter json, TypeTree type)
    {
        if (type.Class != Hdf5TypeClass.Compound || type.IsComplex)
        {
            json.WriteStringValue(type.Numpy);
            return;
        }

        json.WriteStartObject();
        foreach (TypeTree.Member member in type.Members)
        {
            json.WritePropertyName(member.Name);
            WriteNumpy(json, member.Type);
        }

        json.WriteEndObject();
    }
}
