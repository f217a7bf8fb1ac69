"""Lets MinImagen be imported without the packages that its weights and directories do not need."""

import importlib.machinery
import sys
import types

import PIL.Image  # noqa: F401  MinImagen expects that torchvision has done it


class _Anything:
    def __getattr__(self, name):
        return _Anything()

    def __call__(self, *args, **kwargs):
        return _Anything()


def _stand_in(name, **attributes):
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__dict__.update(attributes)
    sys.modules.setdefault(name, module)


_stand_in("transformers", T5Tokenizer=None, T5EncoderModel=None)
_stand_in("tqdm", tqdm=lambda iterable, *args, **kwargs: iterable)
_stand_in("torchvision")
_stand_in("torchvision.transforms", Compose=_Anything(), ToTensor=_Anything())
_stand_in("datasets", load_dataset=None)
_stand_in("datasets.utils")
_stand_in("datasets.utils.file_utils", get_datasets_user_agent=lambda: "")
