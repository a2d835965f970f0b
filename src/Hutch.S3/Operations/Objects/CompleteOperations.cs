using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Hutch.Site.Write.Uploads;

namespace Hutch.S3.Operations.Objects;

/// <summary>Completes an upload in parts: checks the list of parts, finishes the hash, names the bytes.</summary>
internal static class CompleteOperations
{
    /// <summary>
    /// All parts but the last have so many bytes, as S3 asks of clients; not 5 MiB, since git-annex rounds its parts down.
    /// </summary>
    private const long MinPartBytes = 5_000_000;

    private const string Root = "CompleteMultipartUploadResult";

    public static async Task CompleteAsync(S3Request request)
    {
        XElement document = await XmlBody.ReadAsync(request, "CompleteMultipartUpload", isAboutObject: true);
        SiteUpload upload;
        try
        {
            upload = await UploadOperations.FindAsync(request);
        }
        catch (S3Exception e) when (e.Error.Code == S3ErrorCode.NoSuchUpload)
        {
            // The answer of a completion may get lost: the same again must not look like a failure.
            if (await FindCompletedAsync(request) is not { } completed)
            {
                throw;
            }

            await XmlAnswer.SendAsync(request, Root, xml => WriteResult(xml, request, completed));
            return;
        }

        IReadOnlyList<SiteUploadPart> parts = await FindPartsAsync(request, upload, document);
        Entry attributes = Attributes(request, upload, parts);
        ObjectChecksum? checksum = ChecksumOf(request, upload, parts);
        string? md5 = ETags.Combine(parts);
        Task<Result<Entry>> completing = request.S3.Files.Uploads.CompleteAsync(
            request.Caller, upload, parts, hash => ObjectAttributes.WithDigests(attributes, hash, checksum, md5),
            ETags.Condition(request), request.Aborted);
        await AnswerAsync(request, completing);
    }

    /// <summary>Sends white space to keep the connection while hashing. The answer began with 200: errors go into the document.</summary>
    private static async Task AnswerAsync(S3Request request, Task<Result<Entry>> completing)
    {
        Encryption.Announce(request);
        TimeSpan timeout = TimeSpan.FromSeconds(request.S3.Options.KeepAliveSeconds);
        HttpResponse response = request.Http.Response;
        bool hasBegun = false;
        while (await Task.WhenAny(completing, Task.Delay(timeout, request.S3.Time, request.Aborted)) != completing)
        {
            request.Aborted.ThrowIfCancellationRequested();
            if (!hasBegun)
            {
                hasBegun = true;
                response.ContentType = XmlAnswer.ContentType;
                await response.BodyWriter.WriteAsync(
                    Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), request.Aborted);
            }

            await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(" "), request.Aborted);
        }

        if (!hasBegun)
        {
            Result<Entry> completed = await completing;
            Entry entry = completed.IsOk ? completed.Value : throw S3Errors.OfUpload(completed.Error);
            await XmlAnswer.SendAsync(request, Root, xml => WriteResult(xml, request, entry));
            return;
        }

        await FinishAnswerAsync(request, completing);
    }

    private static async Task FinishAnswerAsync(S3Request request, Task<Result<Entry>> completing)
    {
        HttpResponse response = request.Http.Response;
        try
        {
            Result<Entry> completed = await completing;
            Entry entry = completed.IsOk ? completed.Value : throw S3Errors.OfUpload(completed.Error);
            XmlAnswer.WriteRest(response.BodyWriter, Root, XmlAnswer.Namespace, xml => WriteResult(xml, request, entry));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            S3Error error = S3Errors.ToError(e, out _);
            XmlAnswer.WriteRest(
                response.BodyWriter, "Error", null, xml =>
                    ErrorAnswer.WriteContent(xml, error, request.Target, request.Http.TraceIdentifier));
        }

        await response.BodyWriter.FlushAsync(request.Aborted);
    }

    private static void WriteResult(XmlOutput xml, S3Request request, Entry entry)
    {
        xml.Element(
            "Location",
            $"{request.Http.Request.Scheme}://{request.Http.Request.Headers.Host}{UriText.Escape(request.Target.Path, keepSlash: true)}");
        xml.Element("Bucket", request.Bucket);
        xml.Element("Key", request.Key);
        xml.Element("ETag", ETags.For(entry));
        if (ObjectAttributes.Checksum(entry) is { } checksum)
        {
            xml.Element(checksum.Algorithm.ElementName, checksum.Value);
            xml.Element("ChecksumType", checksum.Type);
        }
    }

    private static async Task<Entry?> FindCompletedAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Result<OpenedEntry> opened = await request.Reader.Entries.OpenAsync(
            request.Caller, bucket.Dataset, Paths.ParseExisting(request.Key), null, request.Aborted);
        return opened.IsOk && ObjectAttributes.Find(opened.Value.Entry, ObjectAttributes.UploadName) == request.Query.Find("uploadId")
            ? opened.Value.Entry
            : null;
    }

    private static Entry Attributes(S3Request request, SiteUpload upload, IReadOnlyList<SiteUploadPart> parts)
    {
        long size = parts.Sum(part => part.Size);
        if (size > request.S3.Options.MaxObjectBytes)
        {
            throw S3ErrorCode.EntityTooLarge.With(
                $"The object would have {size} bytes; the limit is {request.S3.Options.MaxObjectBytes}.");
        }

        if (request.Header("x-amz-mp-object-size") is { } announced && announced != size.ToString(CultureInfo.InvariantCulture))
        {
            throw S3ErrorCode.InvalidRequest.With($"The parts have {size} bytes together, but x-amz-mp-object-size is {announced}.");
        }

        Entry attributes = ObjectAttributes.With(upload.Attributes, ObjectAttributes.UploadName, upload.Id.ToString("N"));
        attributes = ObjectAttributes.With(attributes, ObjectAttributes.PartsName, PartLayout.Write(parts.Select(part => part.Size)));
        return ObjectAttributes.Checked(attributes);
    }

    /// <summary>The checksum of the whole; what the client says of it must hold.</summary>
    private static ObjectChecksum? ChecksumOf(S3Request request, SiteUpload upload, IReadOnlyList<SiteUploadPart> parts)
    {
        UploadChecksum? chosen = UploadChecksum.Parse(upload.Checksum);
        string? type = request.Header(UploadChecksum.TypeHeader);
        if (type is not null && chosen is not null && type != chosen.Type)
        {
            throw S3ErrorCode.InvalidRequest.With($"The upload was begun with the checksum type {chosen.Type}, not {Display.Quote(type)}.");
        }

        (ChecksumAlgorithm? algorithm, string? announced) = BodyChecks.FindChecksum(
            request.Http.Request.Headers, UploadChecksum.RequireValue);
        if (algorithm is null || announced is null)
        {
            return chosen is null ? null : PartChecksums.Combine(chosen, parts);
        }

        ObjectChecksum? computed = null;
        foreach (UploadChecksum possible in chosen is null ? UploadChecksum.Possible(algorithm, type) : [chosen])
        {
            computed = possible.Algorithm == algorithm ? PartChecksums.Combine(possible, parts) : null;
            if (computed is null)
            {
                throw S3ErrorCode.InvalidRequest.With(
                    $"The {algorithm} of the object cannot be checked: its parts have none. "
                    + "Begin the upload with x-amz-checksum-algorithm.");
            }

            // Some clients leave out how many parts a composite one is of.
            if (computed.Value == announced
                || (computed.IsComposite && computed.Value.StartsWith(announced + "-", StringComparison.Ordinal)))
            {
                return computed;
            }
        }

        throw S3ErrorCode.BadDigest.With($"The {algorithm} you specified did not match the calculated checksum {computed?.Value}.");
    }

    private static async Task<IReadOnlyList<SiteUploadPart>> FindPartsAsync(S3Request request, SiteUpload upload, XElement document)
    {
        XElement[] listed = [.. document.Children("Part")];
        if (listed.Length is 0 or > PartUploads.MaxParts)
        {
            throw S3ErrorCode.MalformedXml.With($"1 to {PartUploads.MaxParts} parts must be listed.");
        }

        Dictionary<int, SiteUploadPart> stored =
            (await request.S3.Files.Uploads.PartsAsync(upload, 0, PartUploads.MaxParts, request.Aborted))
            .ToDictionary(part => part.Number);
        var parts = new List<SiteUploadPart>(listed.Length);
        foreach (XElement one in listed)
        {
            SiteUploadPart part = FindPart(stored, one);
            if (parts.Count > 0 && part.Number <= parts[^1].Number)
            {
                throw S3ErrorCode.InvalidPartOrder.With(
                    "The list of parts was not in ascending order. The parts list must be specified in order by part number.");
            }

            if (parts.Count > 0 && parts[^1].Size < MinPartBytes)
            {
                throw S3ErrorCode.EntityTooSmall.With(
                    $"Part {parts[^1].Number} has {parts[^1].Size} bytes: all but the last must have at least {MinPartBytes}.");
            }

            parts.Add(part);
        }

        return parts;
    }

    private static SiteUploadPart FindPart(Dictionary<int, SiteUploadPart> stored, XElement listed)
    {
        if (!int.TryParse(listed.Text("PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw S3ErrorCode.MalformedXml.With("A part has no PartNumber.");
        }

        string tag = (listed.Text("ETag") ?? "").Trim();
        if (!stored.TryGetValue(number, out SiteUploadPart? part) || ETags.For(part).Trim('"') != tag.Trim('"'))
        {
            throw S3ErrorCode.InvalidPart.With(
                $"One or more of the specified parts could not be found: part {number} with the tag {Display.Quote(tag)}. "
                + "It may not have been uploaded, or was replaced.");
        }

        if (PartMarks.Parse(part.Checksum).Checksum is { } checksum
            && listed.Text(checksum.Algorithm.ElementName) is { } announced && announced != checksum.Value)
        {
            throw S3ErrorCode.InvalidPart.With($"The {checksum.Algorithm} of part {number} is {checksum.Value}, not {announced}.");
        }

        return part;
    }
}
