using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Describes objects in h5grove's words: what <c>/meta</c> answers.</summary>
internal sealed unsafe class EntityDocument(Utf8JsonWriter json, LinkResolution links)
{
    private const int MaxChildren = 100_000;
    private const int MaxFilterNameBytes = 256;

    public void Write(ContentObject item) => Write(item, withChildren: true);

    private void Write(ContentObject item, bool withChildren)
    {
        json.WriteStartObject();
        json.WriteString("name", item.Name);
        json.WriteString("kind", KindOf(item));
        switch (item.Kind)
        {
            case null:
                WriteLink(item);
                break;
            case Hdf5ObjectKind.Group:
                WriteAttributes(item.Id!);
                if (withChildren)
                {
                    WriteChildren(item);
                }

                break;
            case Hdf5ObjectKind.Dataset:
                WriteDataset(item.Id!);
                break;
            case Hdf5ObjectKind.Datatype:
                Hdf5TypeDocument.Write(json, "type", TypeTree.Read(item.Id!));
                WriteAttributes(item.Id!);
                break;
            default:
                break;
        }

        json.WriteEndObject();
    }

    private static string KindOf(ContentObject item) => item.Kind switch
    {
        Hdf5ObjectKind.Group => "group",
        Hdf5ObjectKind.Dataset => "dataset",
        Hdf5ObjectKind.Datatype => "datatype",
        null when item.TargetFile is not null => "external_link",
        null when item.TargetPath is not null => "soft_link",
        _ => "other",
    };

    private void WriteLink(ContentObject link)
    {
        if (link.TargetFile is not null)
        {
            json.WriteString("target_file", link.TargetFile);
        }

        if (link.TargetPath is not null)
        {
            json.WriteString("target_path", link.TargetPath);
        }
    }

    private void WriteChildren(ContentObject group)
    {
        json.WriteStartArray("children");
        foreach ((string name, Hdf5LinkInfo link) in GroupLinks.In(group.Id!, MaxChildren))
        {
            string path = group.Path.TrimEnd('/') + "/" + name;
            using ContentObject child = ContentObject.Open(
                group.Id!, name, path, link, links == LinkResolution.All ? LinkResolution.OnlyValid : links);
            Write(child, withChildren: false);
        }

        json.WriteEndArray();
    }

    private void WriteDataset(Hdf5Id dataset)
    {
        using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Dget_space(dataset));
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(dataset));
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(dataset));
        ArrayShape.Write(json, "shape", ArrayShape.Read(space));
        Hdf5TypeDocument.Write(json, "type", TypeTree.OfValues(type));
        ArrayShape.Write(json, "chunks", Hdf5Library.H5Pget_layout(list) == Hdf5Layout.Chunked ? ArrayShape.OfChunk(list) : null);
        WriteFilters(list);
        WriteAttributes(dataset);
    }

    private void WriteFilters(Hdf5Id list)
    {
        int count = Hdf5Library.Check(Hdf5Library.H5Pget_nfilters(list));
        if (count == 0)
        {
            json.WriteNull("filters");
            return;
        }

        byte* name = stackalloc byte[MaxFilterNameBytes];
        json.WriteStartArray("filters");
        for (uint i = 0; i < count; i++)
        {
            uint flags;
            uint configuration;
            nuint values = 0;
            int id = Hdf5Library.Check(
                Hdf5Library.H5Pget_filter2(list, i, &flags, &values, null, MaxFilterNameBytes, name, &configuration));
            name[MaxFilterNameBytes - 1] = 0;
            string text = Marshal.PtrToStringUTF8((nint)name)!;
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("name", text.Length > 0 ? text : new Hdf5Filter(id, []).Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteAttributes(Hdf5Id item)
    {
        json.WriteStartArray("attributes");
        foreach ((string name, Hdf5Id attribute) in AttributeList.Read(item))
        {
            using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Aget_space(attribute));
            using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Aget_type(attribute));
            json.WriteStartObject();
            json.WriteString("name", name);
            ArrayShape.Write(json, "shape", ArrayShape.Read(space));
            Hdf5TypeDocument.Write(json, "type", TypeTree.OfValues(type));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
