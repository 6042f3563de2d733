using SegBridge.Imaging.Intensity;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Doors.Loop;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// Images that are worked on, each in a session of the caller's, which opens when it is needed first, or again. The clients
/// give no signs of life while their users think: these are given for them until the session has been idle for too long.
/// Thread-safe.
/// </summary>
internal sealed class OpenImages : IDisposable
{
    private const int MaxPerUser = 8;

    private readonly SessionManager _sessions;
    private readonly DoorImages _images;
    private readonly ITimer _signs;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _opening = new(1);
    private readonly List<Held> _held = [];

    public OpenImages(SessionManager sessions, DoorImages images, SessionOptions limits, TimeProvider clock)
    {
        (_sessions, _images) = (sessions, images);
        _signs = clock.CreateTimer(_ => ShowLife(), null, limits.LivenessTimeout / 3, limits.LivenessTimeout / 3);
    }

    /// <summary>Does something with an image, alone.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="source">What the image is of: an upload, or a file of the datastore.</param>
    /// <param name="read">The image's file.</param>
    /// <param name="modality">What made it; null: as far as its values tell.</param>
    /// <param name="use">What to do.</param>
    public async Task<T> UseAsync<T>(DoorCall call, object source, Func<UploadedFile> read, Modality? modality, Func<OpenImage, Task<T>> use)
    {
        var image = await OpenAsync(call, new Key(call.User, source, modality), read);
        await image.Turn.WaitAsync(call.Aborted);
        try
        {
            call.Note(image.Session);
            return await use(image);
        }
        finally
        {
            image.Turn.Release();
        }
    }

    /// <summary>Opens an image, so that whoever sends it hears at once what is wrong with it, and waits for it less later.</summary>
    public Task OpenAsync(DoorCall call, object source, UploadedFile file) => OpenAsync(call, new Key(call.User, source, null), () => file);

    /// <summary>The image that uploaded files are.</summary>
    /// <param name="part">What the form calls them.</param>
    public Task<UploadedFile> ReadAsync(DoorCall call, IReadOnlyList<UploadedFile> files, string part) =>
        AloneAsync(call, () => UploadedImage.Of(files, part, _images.MaxBytes));

    /// <summary>Refuses a file that is no volume.</summary>
    public Task RequireVolumeAsync(DoorCall call, UploadedFile file) => AloneAsync(call, () => file.Read("image", _images.MaxBytes));

    /// <summary>Ends the sessions on a source.</summary>
    public void Close(object source)
    {
        lock (_gate)
        {
            foreach (var held in _held.Where(held => ReferenceEquals(held.Key.Source, source)).ToList())
            {
                End(held);
            }
        }
    }

    public void Dispose()
    {
        _signs.Dispose();
        _opening.Dispose();
    }

    private async Task<OpenImage> OpenAsync(DoorCall call, Key key, Func<UploadedFile> read)
    {
        if (Find(key) is { } open)
        {
            return open;
        }

        return await AloneAsync(call, () => Find(key) ?? OpenNew(call, key, read()));
    }

    // One at a time, so that only one whole volume is in memory besides its bricks.
    private async Task<T> AloneAsync<T>(DoorCall call, Func<T> read)
    {
        await _opening.WaitAsync(call.Aborted);
        try
        {
            return await Task.Run(read, call.Aborted);
        }
        finally
        {
            _opening.Release();
        }
    }

    private OpenImage? Find(Key key)
    {
        lock (_gate)
        {
            if (_held.Find(held => held.Key == key) is not { } found)
            {
                return null;
            }

            _held.Remove(found);
            if (!IsAlive(found))
            {
                return null;
            }

            // The one that was used last comes last.
            _held.Add(found);
            return found.Image;
        }
    }

    private OpenImage OpenNew(DoorCall call, Key key, UploadedFile file)
    {
        lock (_gate)
        {
            var own = _held.FindAll(held => held.Key.User == key.User);
            own.SkipLast(MaxPerUser - 1).ToList().ForEach(End);
        }

        var volume = file.Read("image", _images.MaxBytes);
        var session = _images.Open(
            volume, _images.ModelOf(null).Id, "MONAI Label", call.KeyName, modality: key.Modality ?? ModalityGuess.Of(volume));
        var image = new OpenImage(session);
        lock (_gate)
        {
            _held.Add(new Held(key, image));
        }

        return image;
    }

    private void ShowLife()
    {
        lock (_gate)
        {
            _held.RemoveAll(held => !IsAlive(held));
        }
    }

    private bool IsAlive(Held held)
    {
        try
        {
            _sessions.Get(held.Image.Session.Id).KeepAlive();
            return true;
        }
        catch (SessionNotFoundException)
        {
            return false;
        }
    }

    private void End(Held held)
    {
        _held.Remove(held);
        _sessions.Close(held.Image.Session.Id);
    }

    /// <param name="User">Whose work it is.</param>
    /// <param name="Source">What it is of.</param>
    /// <param name="Modality">As which it was opened.</param>
    private sealed record Key(string User, object Source, Modality? Modality);

    private sealed record Held(Key Key, OpenImage Image);
}
