"""Will a model trained here work there?"""
