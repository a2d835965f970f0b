namespace Hutch.Model;

/// <summary>
/// A kind of error. The set is closed: every error of Hutch has one of the static members as its code, and <c>docs/reference/errors.md</c>
/// is generated from them.
/// </summary>
/// <param name="Name">The stable name in kebab-case, which is the last part of the problem type.</param>
/// <param name="Title">The event, in a few words.</param>
/// <param name="Advice">What to do about every error of this kind; empty if that depends, so that only the thrower can say it.</param>
public sealed record ErrorCode(string Name, int Status, string Title, string Advice)
{
    /// <summary>The problem type (RFC 9457): a stable URI that is a name, not an address.</summary>
    public string Type => "urn:hutch:error:" + Name;

    /// <summary>Codes are equal if their names are equal, because the advice can be worded differently where more is known.</summary>
    public bool Equals(ErrorCode? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    // 202: not now.

    /// <summary>The bytes are in nearline storage, and are being recalled.</summary>
    public static readonly ErrorCode Recalling = new(
        "recalling", 202, "The data is being recalled",
        "Send the request again after the time in Retry-After. `hutch pin DATASET --for 7d` recalls a whole dataset.");

    // 400: the request itself is wrong.

    /// <summary>The request cannot be understood.</summary>
    public static readonly ErrorCode BadRequest = new(
        "bad-request", 400, "The request is invalid", "");

    /// <summary>The same for a configuration, with suitable advice.</summary>
    public static readonly ErrorCode BadConfiguration = BadRequest with
    {
        Advice = "Correct the configuration; `hutch config check` lists everything that is wrong in it.",
    };

    /// <summary>A path that no dataset can hold.</summary>
    public static readonly ErrorCode InvalidPath = new(
        "invalid-path", 400, "The path is invalid", "Correct the path and try again. Nothing was changed.");

    /// <summary>A name, slug, id or hash that is not well formed.</summary>
    public static readonly ErrorCode InvalidName = new(
        "invalid-name", 400, "The name is invalid", "");

    /// <summary>A JSON body that is too deep, too large, not JSON, or has unknown fields.</summary>
    public static readonly ErrorCode InvalidBody = new(
        "invalid-body", 400, "The request body is invalid", "");

    /// <summary>The bytes received are not those that the sender announced.</summary>
    public static readonly ErrorCode DigestMismatch = new(
        "digest-mismatch", 400, "The data does not match its hash",
        "Send the file again: it may have changed, or the network damaged it.");

    /// <summary>A response of an OpenID provider, or its redirect through a browser, is invalid.</summary>
    public static readonly ErrorCode LoginInvalid = new(
        "login-invalid", 400, "The login is invalid", "Start again at the login page; if it happens again, tell the operator.");

    // 401, 403, 404: authentication and rights.

    /// <summary>The token is missing, wrong, expired or revoked.</summary>
    public static readonly ErrorCode Unauthenticated = new(
        "unauthenticated", 401, "You are not logged in", "Log in with `hutch login URL` and a valid token for this server.");

    /// <summary>The caller may see the object, but lacks the required right.</summary>
    public static readonly ErrorCode Forbidden = new(
        "forbidden", 403, "You are not allowed to do this",
        "Ask the owner of the dataset for access, a manager of the group, or an administrator for a role.");

    /// <summary>The caller has the right, but the token does not carry the scope.</summary>
    public static readonly ErrorCode ScopeMissing = new(
        "scope-missing", 403, "The token lacks a scope", "Create a token with that scope: `hutch token create --scope SCOPE`.");

    /// <summary>A key that was narrowed without a server does not open this.</summary>
    public static readonly ErrorCode NarrowedKey = new(
        "narrowed-key", 403, "The key was narrowed", "Use what the key opens (`hutch token explain`), or ask its maker for a wider one.");

    /// <summary>A site gets no login of a person who has not agreed to it on a page of the zone.</summary>
    public static readonly ErrorCode ConsentRequired = new(
        "consent-required", 403, "You have not allowed a login at this site",
        "Open the page in `page` in a browser, and decide there. Then repeat the request.");

    /// <summary>A page that may not be this server's own used a browser's session.</summary>
    public static readonly ErrorCode Csrf = new(
        "csrf", 403, "The request did not come from this server's pages",
        "Use the pages of this server. Programs must use a token instead of a session.");

    /// <summary>An OpenID provider, or this server after it, refused a login.</summary>
    public static readonly ErrorCode LoginRefused = new(
        "login-refused", 403, "The login was refused", "Follow the message, or ask an administrator.");

    /// <summary>The object does not exist, or the caller may not know of it.</summary>
    public static readonly ErrorCode NotFound = new(
        "not-found", 404, "Not found", "");

    /// <summary>The same for an object with an owner, who can make it visible.</summary>
    public static readonly ErrorCode NotVisible = NotFound with
    {
        Advice = "Check the name. If it is right, ask the owner to share it with you.",
    };

    // 409, 410, 412: the state of the object.

    public static readonly ErrorCode AlreadyExists = new(
        "already-exists", 409, "It already exists", "Choose another name, or use the existing one.");

    public static readonly ErrorCode DatasetClosed = new(
        "dataset-closed", 409, "The dataset is closed", "Derive a new dataset from it and write to that: `hutch derive NAME --name NEW`.");

    /// <summary>A write to a dataset whose files are in a folder of the facility.</summary>
    public static readonly ErrorCode FolderDataset = new(
        "folder-dataset", 409, "The dataset is a folder of the facility",
        "Change the files in that folder, or derive a new dataset and write to that: `hutch derive NAME --name NEW`.");

    public static readonly ErrorCode DatasetOpen = new(
        "dataset-open", 409, "The dataset is still open", "Close it first: `hutch close NAME`.");

    /// <summary>Another request changed the dataset in between.</summary>
    public static readonly ErrorCode Conflict = new(
        "conflict", 409, "Another request changed it first", "");

    /// <summary>The same for a writer that may try again on the newer state.</summary>
    public static readonly ErrorCode Overtaken = Conflict with
    {
        Advice = "Get the current state (`hutch pull`) and try again. Nothing was lost.",
    };

    /// <summary>A path would be both a file and a directory.</summary>
    public static readonly ErrorCode PathConflict = new(
        "path-conflict", 409, "A path is a file or a directory, not both", "Choose another name, or remove the existing entry first.");

    /// <summary>The bytes were evicted, and a program computes them again.</summary>
    public static readonly ErrorCode Evicted = new(
        "evicted", 409, "The bytes were evicted", "Compute them again: `hutch rerun RUN --restore`.");

    public static readonly ErrorCode InTrash = new(
        "in-trash", 410, "The dataset is in the trash", "Restore it with `hutch restore` before it expires there.");

    /// <summary>The dataset's bytes are deleted; its record stays.</summary>
    public static readonly ErrorCode Gone = new(
        "gone", 410, "The data is permanently deleted", "");

    public static readonly ErrorCode PreconditionFailed = new(
        "precondition-failed", 412, "The precondition failed", "Get the current state and try again.");

    // 413, 416, 422, 429: limits and content.

    /// <summary>The request exceeds a size limit of this server.</summary>
    public static readonly ErrorCode TooLarge = new("too-large", 413, "It is too large", "");

    public static readonly ErrorCode RangeNotSatisfiable = new(
        "range-not-satisfiable", 416, "The range is outside the file", "Request a range within the size given in Content-Range.");

    /// <summary>A commit names a blob that its session may not use.</summary>
    public static readonly ErrorCode BlobNotNameable = new(
        "blob-not-nameable", 422, "The push may not use this blob",
        "Upload the file in this push first: knowing its hash gives no access to it.");

    /// <summary>A valid request that cannot be executed: for example, an unexpected file, or a value outside its range.</summary>
    public static readonly ErrorCode Unprocessable = new("unprocessable", 422, "It cannot be processed", "");

    public static readonly ErrorCode UnreadableFile = new(
        "unreadable-file", 422, "The file cannot be read", "Replace it with an intact file, or use another, and try again.");

    public static readonly ErrorCode TooManyRequests = new(
        "too-many-requests", 429, "Too many attempts", "Wait a few minutes, then try again.");

    // 5xx: the server.

    /// <summary>A bug or a broken device.</summary>
    public static readonly ErrorCode Internal = new(
        "internal", 500, "Internal server error",
        "Check whether the request took effect. The operator finds the error in the server's log, under the request id.");

    /// <summary>An OpenID provider does not respond, or responds incorrectly.</summary>
    public static readonly ErrorCode ProviderUnavailable = new(
        "provider-unavailable", 502, "The login provider does not answer", "Try again in a few minutes, or log in another way.");

    /// <summary>The bytes on disk are damaged and quarantined.</summary>
    public static readonly ErrorCode Quarantined = new(
        "quarantined", 503, "The stored data is damaged",
        "It is in quarantine and is not served; the operator can repair it from a copy.");

    /// <summary>The server does not know if the write is durable.</summary>
    public static readonly ErrorCode OutcomeUnknown = new(
        "outcome-unknown", 503, "The outcome is unknown", "The write was stored completely or not at all. Send it again: a retry is safe.");

    /// <summary>The server is busy, starting or stopping.</summary>
    public static readonly ErrorCode Unavailable = new(
        "unavailable", 503, "The server is unavailable", "Try again in a few seconds.");

    /// <summary>The disk or the owner's quota is full.</summary>
    public static readonly ErrorCode InsufficientStorage = new(
        "insufficient-storage", 507, "No space left",
        "Delete data you do not need, or ask the operator for space. Reading and deleting still work.");

    /// <summary>All codes in the order of their status.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        Recalling, BadRequest, InvalidPath, InvalidName, InvalidBody, DigestMismatch, LoginInvalid, Unauthenticated, Forbidden,
        ScopeMissing, ConsentRequired, NarrowedKey, Csrf, LoginRefused, NotFound,
        AlreadyExists, DatasetClosed, FolderDataset, DatasetOpen, Conflict, PathConflict, Evicted, InTrash, Gone, PreconditionFailed,
        TooLarge, RangeNotSatisfiable, BlobNotNameable, Unprocessable, UnreadableFile, TooManyRequests, Internal, ProviderUnavailable,
        Quarantined, OutcomeUnknown, Unavailable, InsufficientStorage,
    ];

    public HutchError With(string message) => new(this, message);

    /// <summary>Creates an error of this kind with one machine-readable fact.</summary>
    public HutchError With(string message, string key, string value) =>
        new(this, message, new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value });
}
