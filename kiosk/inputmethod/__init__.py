"""An input method for Chinese: letters of the pinyin in, words to choose from out."""
